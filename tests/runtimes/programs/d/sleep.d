import core.thread : Thread;
import core.time : seconds;

void main()
{
    Thread.sleep(60.seconds);
}
