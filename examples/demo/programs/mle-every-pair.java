// Correct, and keeps two numbers for every pair of rounds: the heap follows the memory limit and does not hold them.
import java.util.Scanner;

class EveryPair {
    public static void main(String[] args) {
        var in = new Scanner(System.in);
        int n = in.nextInt();
        long[][] sums = new long[n][n], bests = new long[n][n];
        long best = Long.MIN_VALUE;
        for (int end = 0; end < n; end++) {
            long score = in.nextLong();
            for (int begin = 0; begin <= end; begin++) {
                sums[end][begin] = score + (begin < end ? sums[end - 1][begin] : 0);
                bests[end][begin] = best = Math.max(best, sums[end][begin]);
            }
        }
        System.out.println(bests[n - 1][n - 1]);
    }
}
