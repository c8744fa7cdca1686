public class Sums {
    public static int add(int a, int b) {
        return a + b;
    }

    public static int subtract(int a, int b) {
        return b - a;
    }
}
