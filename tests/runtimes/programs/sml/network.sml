val socket = INetSock.TCP.socket () : Socket.active INetSock.stream_sock
val address = INetSock.toAddr (valOf (NetHostDB.fromString "192.0.2.1"), 80)

val () = print ((Socket.connect (socket, address); "connected\n") handle OS.SysErr _ => "no network\n")
