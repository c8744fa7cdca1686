import java.util.Scanner;

public class Main {
    private static final long MODULUS = 1000003;
    private final String text;
    private int at;

    Main(String text) {
        this.text = text;
    }

    private boolean sees(char character) {
        return at < text.length() && text.charAt(at) == character;
    }

    long expression() {
        long value = term();
        while (sees('+') || sees('-')) {
            boolean plus = text.charAt(at++) == '+';
            long other = term();
            value = (value + (plus ? other : MODULUS - other)) % MODULUS;
        }
        return value;
    }

    private long term() {
        long value = factor();
        while (sees('*')) {
            at++;
            value = value * factor() % MODULUS;
        }
        return value;
    }

    private long factor() {
        if (!sees('(')) return Character.getNumericValue(text.charAt(at++));
        at++;
        long value = expression();
        at++;
        return value;
    }

    public static void main(String... args) {
        try (Scanner in = new Scanner(System.in)) {
            int n = in.nextInt();
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < n; i++) {
                int v = in.nextInt();
                if (i > 0) text.append("+-*".charAt((v + 271828) % 3));
                if (i % 5 == 0) text.append('(');
                text.append(v % 10);
                if (i % 5 == 4 || i == n - 1) text.append(')');
            }
            System.out.println("ennead-text " + text.length() + " " + new Main(text.toString()).expression());
        }
    }
}
