using System;
using System.Linq;
using System.Text;

class Program
{
    static void Main()
    {
        int n = int.Parse(Console.ReadLine());
        int[] values = Array.ConvertAll(Console.ReadLine().Split(' '), int.Parse);
        StringBuilder a = new StringBuilder(), b = new StringBuilder();
        for (int i = 0; i < n; i++)
        {
            a.Append((char)('a' + (values[i] + 271828) % 7));
            b.Append((char)('a' + (values[i] / 7 + i) % 7));
        }
        string x = a.ToString(), y = b.ToString();
        int[,] longest = new int[n + 1, n + 1], edits = new int[n + 1, n + 1];
        for (int i = 0; i <= n; i++) edits[i, 0] = edits[0, i] = i;
        for (int i = 1; i <= n; i++)
            for (int j = 1; j <= n; j++)
            {
                bool same = x[i - 1] == y[j - 1];
                longest[i, j] = same ? longest[i - 1, j - 1] + 1 : Math.Max(longest[i - 1, j], longest[i, j - 1]);
                edits[i, j] = Math.Min(edits[i - 1, j - 1] + (same ? 0 : 1), 1 + Math.Min(edits[i - 1, j], edits[i, j - 1]));
            }
        Console.WriteLine("ennead-text " + longest[n, n] + " " + edits[n, n]);
    }
}
