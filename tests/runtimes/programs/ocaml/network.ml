let () =
  let socket = Unix.socket Unix.PF_INET Unix.SOCK_STREAM 0 in
  match Unix.connect socket (Unix.ADDR_INET (Unix.inet_addr_of_string "192.0.2.1", 80)) with
  | () -> print_endline "connected"
  | exception Unix.Unix_error _ -> print_endline "no network"
