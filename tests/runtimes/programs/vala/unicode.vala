void main () {
    string? line;
    while ((line = stdin.read_line ()) != null)
        print ("%s\n", line);
    print ("größe 漢字 🦀 ж\n");
}
