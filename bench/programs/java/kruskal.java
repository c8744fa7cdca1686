import java.io.*;
import java.util.*;

class Forest {
    private final int[] parents;
    int components;

    Forest(int size) {
        parents = new int[size];
        Arrays.setAll(parents, i -> i);
        components = size;
    }

    int find(int x) {
        return parents[x] == x ? x : (parents[x] = find(parents[x]));
    }

    boolean unite(int a, int b) {
        a = find(a);
        b = find(b);
        if (a == b) return false;
        parents[a] = b;
        components--;
        return true;
    }
}

public class Main {
    static class Edge implements Comparable<Edge> {
        final int weight, number, a, b;

        Edge(int weight, int number, int a, int b) {
            this.weight = weight;
            this.number = number;
            this.a = a;
            this.b = b;
        }

        @Override
        public int compareTo(Edge other) {
            return weight != other.weight ? Integer.compare(weight, other.weight) : Integer.compare(number, other.number);
        }
    }

    public static void main(String[] args) throws IOException {
        StreamTokenizer in = new StreamTokenizer(new BufferedReader(new InputStreamReader(System.in)));
        in.nextToken();
        int n = (int) in.nval, total = 0;
        TreeSet<Edge> edges = new TreeSet<>();
        for (int i = 0; i < n; i++) {
            in.nextToken();
            int v = (int) in.nval;
            edges.add(new Edge(1 + (v + 271828) % 97, i, v % 60, v / 60 % 60));
        }
        Forest forest = new Forest(60);
        for (Edge edge : edges) if (forest.unite(edge.a, edge.b)) total += edge.weight;
        System.out.println("ennead-text " + total + " " + forest.components);
    }
}
