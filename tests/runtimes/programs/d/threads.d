import core.atomic : atomicLoad, atomicOp;
import core.thread : Thread;
import std.stdio;

shared int total;

Thread squaring(int number)
{
    return new Thread({ total.atomicOp!"+="(number * number); }).start();
}

void main()
{
    Thread[] threads;
    foreach (number; 1 .. 11)
        threads ~= squaring(number);
    foreach (thread; threads)
        thread.join();
    writeln(total.atomicLoad);
}
