val () = OS.Process.sleep (Time.fromSeconds 60)
