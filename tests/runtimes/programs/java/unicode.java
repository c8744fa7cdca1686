import java.util.Scanner;

/* public class Fake { public static void main(String[] args) {} } */
class Größe {
    public static final class Zeile {
        final String text; // public class Other {

        Zeile(String text) { this.text = text; }
    }

    public static void main(String[] args) {
        char brace = '{';
        Scanner lines = new Scanner(System.in);
        while (lines.hasNextLine()) System.out.println(new Zeile(lines.nextLine()).text);
        System.out.println("größe 漢字 🦀 ж");
    }
}
