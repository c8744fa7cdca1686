import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Arrays;

public class BestStretch {
    public static void main(String[] args) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in));
        in.readLine();
        long[] scores = Arrays.stream(in.readLine().split(" ")).mapToLong(Long::parseLong).toArray();
        long endingHere = scores[0], best = scores[0];
        for (int i = 1; i < scores.length; i++) {
            endingHere = Math.max(endingHere, 0) + scores[i];
            best = Math.max(best, endingHere);
        }
        System.out.println(best);
    }
}
