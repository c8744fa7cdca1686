void main () {
    var threads = new Gee.ArrayList<Thread<int>> ();
    for (var i = 1; i <= 10; i++) {
        var number = i;
        threads.add (new Thread<int> ("square", () => number * number));
    }
    var total = 0;
    foreach (var thread in threads)
        total += thread.join ();
    print ("%d\n", total);
}
