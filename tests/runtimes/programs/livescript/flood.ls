while true
  console.log 'a line that is printed for ever'
