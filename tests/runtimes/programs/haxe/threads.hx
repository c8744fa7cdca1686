import sys.thread.Deque;
import sys.thread.Thread;

class Main {
    static function main() {
        var squares = new Deque<Int>();
        for (i in 1...11) {
            Thread.create(() -> squares.add(i * i));
        }
        var total = 0;
        for (_ in 0...10) {
            total += squares.pop(true);
        }
        Sys.println(total);
    }
}
