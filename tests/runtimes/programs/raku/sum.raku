say [+] $*IN.slurp.words».Int;
