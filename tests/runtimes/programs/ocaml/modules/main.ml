let () = Letter.shown ()
