let () =
  let out = open_out "scratch.txt" in
  output_string out "written and read\n";
  close_out out;
  let input = open_in "scratch.txt" in
  print_endline (input_line input);
  close_in input
