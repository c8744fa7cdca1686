import java.util.List;

public class Uncaught {
    public static void main(String[] args) {
        System.out.println(List.of(1, 2, 3).get(3));
    }
}
