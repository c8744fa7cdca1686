import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.StringTokenizer;

public class Sum {
    public static void main(String[] args) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        long sum = 0;
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            StringTokenizer numbers = new StringTokenizer(line);
            while (numbers.hasMoreTokens()) sum += Long.parseLong(numbers.nextToken());
        }
        System.out.println(sum);
    }
}
