use strict;
use warnings;

open my $out, ">", "scratch.txt" or die $!;
print $out "written and read\n";
close $out or die $!;
open my $in, "<", "scratch.txt" or die $!;
print <$in>;
