with Ada.Text_IO;  use Ada.Text_IO;
with GNAT.Sockets; use GNAT.Sockets;

procedure Network is
   Peer : Socket_Type;
begin
   Create_Socket (Peer);
   Connect_Socket
     (Peer, (Family => Family_Inet, Addr => Inet_Addr ("192.0.2.1"), Port => 80));
   Put_Line ("connected");
exception
   when Socket_Error =>
      Put_Line ("no network");
end Network;
