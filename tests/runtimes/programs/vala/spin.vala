void main () {
    int n = 0;
    while (true)
        AtomicInt.inc (ref n);
}
