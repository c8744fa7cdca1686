using System;
using System.Net;
using System.Net.Sockets;

class Program {
    static void Main() {
        try {
            using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
                socket.Connect(IPAddress.Parse("192.0.2.1"), 80);
            Console.WriteLine("connected");
        } catch (SocketException) {
            Console.WriteLine("no network");
        }
    }
}
