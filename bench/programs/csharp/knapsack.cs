using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

class Program
{
    const int Capacity = 300;

    static void Main()
    {
        string[] lines = new StreamReader(Console.OpenStandardInput()).ReadToEnd().Split('\n');
        int[] best = new int[Capacity + 1];
        foreach (int v in lines[1].Split(' ').Take(60).Select(int.Parse))
        {
            int weight = 1 + v % 50, value = 1 + (v + 271828) % 100;
            for (int room = Capacity; room >= weight; room--) best[room] = Math.Max(best[room], best[room - weight] + value);
        }
        Console.WriteLine("ennead-text {0} {1}", best[Capacity], new HashSet<int>(best).Count);
    }
}
