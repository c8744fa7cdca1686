use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Greetings::Words;

print Greetings::Words::greeting(), "\n";
