using System;
using System.Linq;

class Program
{
    const int Seed = 271828;

    static void Main()
    {
        int limit = 20000 + Seed % 1000, count = 0;
        long sum = 0;
        var composite = new bool[limit + 1];
        composite[0] = composite[1] = true;
        for (int i = 2; i * i <= limit; i++)
            if (!composite[i])
                for (int j = i * i; j <= limit; j += i) composite[j] = true;
        for (int i = 2; i <= limit; i++)
            if (!composite[i])
            {
                count++;
                sum = (sum + i) % 1000007;
            }
        Console.ReadLine();
        int hits = Console.ReadLine().Split(' ').Select(int.Parse).Count(value => !composite[value]);
        Console.WriteLine("{0} {1} {2} {3}", "ennead-text", count, sum, hits);
    }
}
