require "socket"

begin
  TCPSocket.new("192.0.2.1", 80)
  puts "connected"
rescue Socket::Error
  puts "no network"
end
