; How much precedes the program's own arguments depends on SBCL's version.
(format t "~{~a~%~}" (last sb-ext:*posix-argv* 3))
