using System;

class Program {
    static void Main() {
        while (true) Console.WriteLine("a line that is printed for ever");
    }
}
