import java.util.HashMap;
import java.util.Map;

public class Hog {
    public static void main(String[] args) {
        Map<Integer, String> kept = new HashMap<>();
        try {
            for (int i = 0; ; i++) kept.put(i, "number " + i);
        } catch (OutOfMemoryError error) {
            System.out.println("a limit that can be caught is none");
        }
    }
}
