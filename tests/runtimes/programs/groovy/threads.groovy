import java.util.concurrent.atomic.AtomicInteger

def total = new AtomicInteger()
(1..10).collect { number -> Thread.start { total.addAndGet(number * number) } }*.join()
println total
