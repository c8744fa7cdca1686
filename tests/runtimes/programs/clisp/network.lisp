(write-line
 (handler-case (progn (socket:socket-connect 80 "192.0.2.1" :timeout 5) "connected")
   (error () "no network")))
