BEGIN {
    connection = "/inet/tcp/0/192.0.2.1/80"
    print (connection |& getline) < 0 ? "no network" : "connected"
}
