console.log argument for argument in process.argv[2..]
