package Greetings::Words;

use strict;
use warnings;

sub greeting { return "from a module" }

1;
