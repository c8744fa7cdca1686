using System;
using System.Collections.Generic;
using System.Linq;

class Program
{
    const int Size = 6 + 271828 % 2;

    static IEnumerable<int[]> Place(int[] columns)
    {
        int row = columns.Length;
        if (row == Size)
        {
            yield return columns;
            yield break;
        }
        for (int column = 0; column < Size; column++)
        {
            bool safe = true;
            for (int i = 0; i < row; i++)
            {
                int apart = Math.Abs(column - columns[i]);
                safe &= apart != 0 && apart != row - i;
            }
            if (!safe) continue;
            foreach (int[] found in Place(columns.Concat(new[] { column }).ToArray())) yield return found;
        }
    }

    static void Main()
    {
        List<int[]> solutions = Place(new int[0]).ToList();
        Console.WriteLine("ennead-text " + solutions.Count + " " + string.Join(",", solutions[0]));
    }
}
