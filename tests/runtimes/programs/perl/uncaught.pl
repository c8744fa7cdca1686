die "nobody evaluates this";
