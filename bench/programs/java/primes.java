import java.util.*;

public class Main {
    static final int SEED = 271828;

    public static void main(String[] args) {
        int limit = 20000 + SEED % 1000;
        boolean[] composite = new boolean[limit + 1];
        composite[0] = composite[1] = true;
        for (int i = 2; i * i <= limit; i++) {
            if (composite[i]) continue;
            for (int j = i * i; j <= limit; j += i) composite[j] = true;
        }
        int count = 0, hits = 0;
        long sum = 0;
        for (int i = 2; i <= limit; i++) {
            if (!composite[i]) {
                count++;
                sum = (sum + i) % 1000007;
            }
        }
        Scanner in = new Scanner(System.in);
        int n = in.nextInt();
        for (int i = 0; i < n; i++) if (!composite[in.nextInt()]) hits++;
        System.out.println("ennead-text " + count + " " + sum + " " + hits);
    }
}
