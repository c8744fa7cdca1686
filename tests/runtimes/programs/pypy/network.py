import socket

try:
    socket.create_connection(("192.0.2.1", 80), timeout=20).close()
except OSError:
    print("no network")
else:
    print("connected")
