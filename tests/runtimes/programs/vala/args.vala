void main (string[] args) {
    foreach (var arg in args[1:args.length])
        print ("%s\n", arg);
}
