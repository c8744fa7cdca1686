import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Scanner;

public class Main {
    record Edge(int to, int weight) {}

    public static void main(String[] args) {
        final int nodes = 60;
        Scanner in = new Scanner(System.in);
        int n = in.nextInt();
        List<List<Edge>> graph = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            graph.add(new ArrayList<>());
            graph.get(i).add(new Edge((i + 1) % nodes, 50));
        }
        for (int i = 0; i < n; i++) {
            int v = in.nextInt();
            graph.get(v % nodes).add(new Edge(v / nodes % nodes, 1 + (v + 271828) % 97));
        }
        int[] distance = new int[nodes];
        Arrays.fill(distance, Integer.MAX_VALUE);
        distance[0] = 0;
        PriorityQueue<int[]> queue = new PriorityQueue<>((a, b) -> Integer.compare(a[0], b[0]));
        queue.add(new int[] {0, 0});
        while (!queue.isEmpty()) {
            int[] top = queue.poll();
            if (top[0] > distance[top[1]]) continue;
            for (Edge edge : graph.get(top[1])) {
                int far = top[0] + edge.weight();
                if (far < distance[edge.to()]) {
                    distance[edge.to()] = far;
                    queue.add(new int[] {far, edge.to()});
                }
            }
        }
        System.out.println("ennead-text " + Arrays.stream(distance).sum() + " " + Arrays.stream(distance).max().getAsInt());
    }
}
