(with [out (open "scratch.txt" "w")]
  (.write out "written and read\n"))
(with [back (open "scratch.txt")]
  (print (.read back) :end ""))
