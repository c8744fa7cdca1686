(* Poly/ML's own threads; the standard has none. *)
val lock = Thread.Mutex.mutex ()
val changed = Thread.ConditionVar.conditionVar ()
val total = ref 0
val left = ref 10

fun work i () =
  ( Thread.Mutex.lock lock
  ; total := !total + i * i
  ; left := !left - 1
  ; Thread.ConditionVar.signal changed
  ; Thread.Mutex.unlock lock
  )

fun wait () = if !left = 0 then () else (Thread.ConditionVar.wait (changed, lock); wait ())

val () = List.app (fn i => ignore (Thread.Thread.fork (work i, []))) (List.tabulate (10, fn i => i + 1))
val () = Thread.Mutex.lock lock
val () = wait ()
val () = print (Int.toString (!total) ^ "\n")
