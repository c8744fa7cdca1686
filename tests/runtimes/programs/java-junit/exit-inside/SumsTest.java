import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.MethodOrderer.MethodName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

@TestMethodOrder(MethodName.class)
class SumsTest {
    @Test
    void adds() {
        assertEquals(5, 2 + 3);
    }

    @Test
    void endsTheProcess() {
        System.exit(0);
    }
}
