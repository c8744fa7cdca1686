using System;
using System.Collections.Generic;
using System.Linq;

class Forest
{
    private readonly int[] parents;

    public int Components { get; private set; }

    public Forest(int size)
    {
        parents = Enumerable.Range(0, size).ToArray();
        Components = size;
    }

    public int Find(int x)
    {
        return parents[x] == x ? x : parents[x] = Find(parents[x]);
    }

    public bool Unite(int a, int b)
    {
        a = Find(a);
        b = Find(b);
        if (a == b) return false;
        parents[a] = b;
        Components--;
        return true;
    }
}

class Edge : IComparable<Edge>
{
    public int Weight, Number, A, B;

    public int CompareTo(Edge other)
    {
        return Weight != other.Weight ? Weight.CompareTo(other.Weight) : Number.CompareTo(other.Number);
    }
}

class Program
{
    static void Main()
    {
        Console.ReadLine();
        var edges = new List<Edge>();
        foreach (string word in Console.ReadLine().Split(' '))
        {
            int v = int.Parse(word);
            edges.Add(new Edge { Weight = 1 + (v + 271828) % 97, Number = edges.Count, A = v % 60, B = v / 60 % 60 });
        }
        edges.Sort();
        var forest = new Forest(60);
        int total = edges.Where(edge => forest.Unite(edge.A, edge.B)).Sum(edge => edge.Weight);
        Console.WriteLine($"ennead-text {total} {forest.Components}");
    }
}
