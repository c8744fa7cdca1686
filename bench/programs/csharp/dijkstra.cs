using System;
using System.Collections.Generic;
using System.Linq;

struct Edge
{
    public readonly int To, Weight;

    public Edge(int to, int weight)
    {
        To = to;
        Weight = weight;
    }
}

static class Program
{
    const int Nodes = 60;

    static void Main()
    {
        Console.ReadLine();
        var graph = Enumerable.Range(0, Nodes).Select(i => new List<Edge> { new Edge((i + 1) % Nodes, 50) }).ToArray();
        foreach (int v in Console.ReadLine().Split(' ').Select(int.Parse))
            graph[v % Nodes].Add(new Edge(v / Nodes % Nodes, 1 + (v + 271828) % 97));
        var distance = Enumerable.Repeat(int.MaxValue, Nodes).ToArray();
        distance[0] = 0;
        var queue = new SortedSet<(int, int)> { (0, 0) };
        while (queue.Count > 0)
        {
            var (far, node) = queue.Min;
            queue.Remove(queue.Min);
            foreach (Edge edge in graph[node])
            {
                int reached = far + edge.Weight;
                if (reached >= distance[edge.To]) continue;
                queue.Remove((distance[edge.To], edge.To));
                distance[edge.To] = reached;
                queue.Add((reached, edge.To));
            }
        }
        Console.WriteLine($"ennead-text {distance.Sum()} {distance.Max()}");
    }
}
