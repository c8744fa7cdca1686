import java.util.*;
import java.util.stream.IntStream;

public class Main {
    private static final int CAPACITY = 300;

    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        in.nextInt();
        int[] best = new int[CAPACITY + 1];
        for (int i = 0; i < 60; i++) {
            int v = in.nextInt(), weight = 1 + v % 50, value = 1 + (v + 271828) % 100;
            for (int room = CAPACITY; room >= weight; room--) best[room] = Math.max(best[room], best[room - weight] + value);
        }
        System.out.println("ennead-text " + best[CAPACITY] + " " + IntStream.of(best).distinct().count());
    }
}
