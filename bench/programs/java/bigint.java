import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Main {
    public static void main(String[] args) {
        BigInteger factorial = BigInteger.ONE;
        for (int factor = 2; factor <= 30 + 271828 % 20; factor++) factorial = factorial.multiply(BigInteger.valueOf(factor));
        String text = factorial.toString();
        int longest = 0;
        Matcher runs = Pattern.compile("(.)\\1*").matcher(text);
        while (runs.find()) longest = Math.max(longest, runs.group().length());
        System.out.println("ennead-text " + text);
        System.out.println(text.chars().map(Character::getNumericValue).sum() + " " + longest);
    }
}
