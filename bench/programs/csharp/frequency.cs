using System;
using System.Collections.Generic;
using System.Linq;

public class Program
{
    public static void Main(string[] args)
    {
        Console.ReadLine();
        var counts = new Dictionary<int, int>();
        for (int key = 0; key < 37; key++) counts[key] = 0;
        foreach (string word in Console.ReadLine().Split(' ')) counts[(int.Parse(word) + 271828) % 37]++;
        var ranked = counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Take(10);
        Console.WriteLine("ennead-text");
        Console.WriteLine(string.Join(" ", ranked.Select(pair => $"{pair.Key}:{pair.Value}")));
    }
}
