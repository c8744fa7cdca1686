use strict;
use warnings;
use threads;

my @threads = map { my $i = $_; threads->create(sub { $i * $i }) } 1 .. 10;
my $sum = 0;
$sum += $_->join for @threads;
print "$sum\n";
