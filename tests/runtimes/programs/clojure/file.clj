(spit "scratch.txt" "written and read\n")
(print (slurp "scratch.txt"))
