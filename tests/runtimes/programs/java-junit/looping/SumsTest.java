import org.junit.jupiter.api.Test;

class SumsTest {
    @Test
    void loops() {
        for (long i = 0; ; i++) if (i < 0) System.out.println(i);
    }
}
