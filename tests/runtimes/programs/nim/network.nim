import std/net

let peer = newSocket()
try:
  peer.connect("192.0.2.1", Port(80))
  echo "connected"
except OSError:
  echo "no network"
