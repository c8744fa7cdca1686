import com.example.words.Words;

public class Start {
    public static void main(String[] args) {
        System.out.println(Words.text());
    }
}
