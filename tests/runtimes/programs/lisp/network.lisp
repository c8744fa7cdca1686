(require :sb-bsd-sockets)

(let ((socket (make-instance 'sb-bsd-sockets:inet-socket :type :stream :protocol :tcp)))
  (write-line
   (handler-case (progn (sb-bsd-sockets:socket-connect socket #(192 0 2 1) 80) "connected")
     (sb-bsd-sockets:socket-error () "no network"))))
