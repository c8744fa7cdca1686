val () = print (hd (tl ["one"]))
