program Network;
uses
  Sockets;
var
  peer: longint;
  address: TInetSockAddr;
begin
  peer := fpSocket(AF_INET, SOCK_STREAM, 0);
  FillChar(address, SizeOf(address), 0);
  address.sin_family := AF_INET;
  address.sin_port := htons(80);
  address.sin_addr := StrToNetAddr('192.0.2.1');
  if (peer < 0) or (fpConnect(peer, @address, SizeOf(address)) <> 0) then
    writeln('no network')
  else
    writeln('connected');
end.
