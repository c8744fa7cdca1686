use strict;
use warnings;
use IO::Socket::INET;

my $socket = IO::Socket::INET->new(PeerAddr => "192.0.2.1", PeerPort => 80, Timeout => 20);
print defined $socket ? "connected\n" : "no network\n";
