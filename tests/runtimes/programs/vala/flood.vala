void main () {
    while (true)
        print ("a line that nobody reads\n");
}
