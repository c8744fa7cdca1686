let () =
  while true do
    print_endline "all work and no play makes a dull program"
  done
