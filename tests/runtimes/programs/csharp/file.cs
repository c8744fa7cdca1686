using System;
using System.IO;

class Program {
    static void Main() {
        File.WriteAllText("scratch.txt", "written and read");
        Console.WriteLine(File.ReadAllText("scratch.txt"));
    }
}
