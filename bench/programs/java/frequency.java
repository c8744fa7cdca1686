import java.io.*;
import java.util.*;
import java.util.stream.*;

public class Main {
    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        in.readLine();
        Map<Integer, Integer> counts = new HashMap<>();
        for (int key = 0; key < 37; key++) counts.put(key, 0);
        for (String word : in.readLine().split(" ")) counts.merge((Integer.parseInt(word) + 271828) % 37, 1, Integer::sum);
        String ranked = counts.entrySet().stream()
            .sorted(Map.Entry.<Integer, Integer>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
            .limit(10)
            .map(entry -> entry.getKey() + ":" + entry.getValue())
            .collect(Collectors.joining(" "));
        System.out.println("ennead-text");
        System.out.println(ranked);
    }
}
