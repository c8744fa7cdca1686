for argument in process.argv.slice 2
  console.log argument
