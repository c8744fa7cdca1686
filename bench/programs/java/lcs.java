import java.util.Scanner;

public class Main {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        int n = in.nextInt();
        StringBuilder a = new StringBuilder(), b = new StringBuilder();
        for (int i = 0; i < n; i++) {
            int v = in.nextInt();
            a.append((char) ('a' + (v + 271828) % 7));
            b.append((char) ('a' + (v / 7 + i) % 7));
        }
        int[][] longest = new int[n + 1][n + 1], edits = new int[n + 1][n + 1];
        for (int i = 0; i <= n; i++) edits[i][0] = edits[0][i] = i;
        for (int i = 1; i <= n; i++) {
            for (int j = 1; j <= n; j++) {
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                longest[i][j] = same ? longest[i - 1][j - 1] + 1 : Math.max(longest[i - 1][j], longest[i][j - 1]);
                edits[i][j] = Math.min(edits[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
            }
        }
        System.out.printf("%s %d %d%n", "ennead-text", longest[n][n], edits[n][n]);
    }
}
