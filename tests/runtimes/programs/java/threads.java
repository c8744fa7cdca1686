import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

public class Threads {
    public static void main(String[] args) throws InterruptedException {
        AtomicInteger total = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            int number = i;
            threads.add(new Thread(() -> total.addAndGet(number * number)));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) thread.join();
        System.out.println(total);
    }
}
