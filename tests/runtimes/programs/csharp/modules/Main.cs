using System;
using Library;

class Program {
    static void Main() => Console.WriteLine(Sentence.Text());
}
