using System;
using System.Linq;
using System.Threading;

class Program {
    static void Main() {
        var squares = new int[11];
        var threads = Enumerable.Range(1, 10).Select(i => new Thread(() => squares[i] = i * i)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Console.WriteLine(squares.Sum());
    }
}
