let () =
  let squares = Array.make 11 0 in
  let start i = Thread.create (fun () -> squares.(i) <- i * i) () in
  let threads = List.init 10 (fun i -> start (i + 1)) in
  List.iter Thread.join threads;
  print_int (Array.fold_left ( + ) 0 squares);
  print_newline ()
