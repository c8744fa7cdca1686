; Chez brings no library for sockets; the C library's calls need none.
(load-shared-object "libc.so.6")
(define c-socket (foreign-procedure "socket" (int int int) int))
(define c-connect (foreign-procedure "connect" (int u8* int) int))

; The family AF_INET in the machine's order, port 80 and the address in the network's.
(define address (bytevector 2 0 0 80 192 0 2 1 0 0 0 0 0 0 0 0))
(display (if (zero? (c-connect (c-socket 2 1 0) address 16)) "connected" "no network"))
(newline)
