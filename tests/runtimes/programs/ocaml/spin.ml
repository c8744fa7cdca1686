let () =
  let n = ref 1 in
  while !n > 0 do
    n := ((!n * 3) + 1) mod 1000003 + 1
  done
