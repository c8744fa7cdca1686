void main () {
    try {
        new SocketClient ().connect (new InetSocketAddress.from_string ("192.0.2.1", 80));
        print ("connected\n");
    } catch (Error error) {
        print ("no network\n");
    }
}
