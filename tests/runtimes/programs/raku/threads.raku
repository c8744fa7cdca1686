my @threads = (1 .. 10).map: -> $i { Promise.start({ $i * $i }) };
say [+] await @threads;
