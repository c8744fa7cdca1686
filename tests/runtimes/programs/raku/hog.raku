my @kept;
loop { @kept.push: buf8.allocate(1_000_000, 1) }
