using System;
using System.Linq;

static class BestStretch
{
    static void Main()
    {
        Console.ReadLine();
        var scores = Console.ReadLine().Split().Select(long.Parse).ToArray();
        long endingHere = scores[0], best = scores[0];
        foreach (var score in scores.Skip(1))
        {
            endingHere = Math.Max(endingHere, 0) + score;
            best = Math.Max(best, endingHere);
        }
        Console.WriteLine(best);
    }
}
