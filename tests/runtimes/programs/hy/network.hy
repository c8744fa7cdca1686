(import socket)
(print
  (try
    (socket.create_connection #("192.0.2.1" 80))
    "connected"
    (except [OSError]
      "no network")))
