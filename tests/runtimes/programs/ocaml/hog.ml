let rec grow kept n = if n < 0 then List.length kept else grow (n :: kept) (n + 1)
let () = print_int (grow [] 0)
