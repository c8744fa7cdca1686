use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));

print while <STDIN>;
print "größe 漢字 🦀 ж\n";
