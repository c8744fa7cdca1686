open "scratch.txt" for writing as #1
print #1 "written and read"
close #1
open "scratch.txt" for reading as #1
line input #1 text$
close #1
print text$
