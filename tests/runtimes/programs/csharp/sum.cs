using System;
using System.Linq;

class Program {
    static void Main() {
        long sum = 0;
        string line;
        while ((line = Console.ReadLine()) != null)
            sum += line.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries).Sum(long.Parse);
        Console.WriteLine(sum);
    }
}
