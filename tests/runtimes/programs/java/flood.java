public class Flood {
    public static void main(String[] args) {
        while (true) System.out.println("a line of a flood that has no end");
    }
}
