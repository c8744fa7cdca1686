int main () {
    int64 total = 0, number;
    while (stdin.scanf ("%" + int64.FORMAT, out number) == 1)
        total += number;
    stdout.printf ("%" + int64.FORMAT + "\n", total);
    return 0;
}
