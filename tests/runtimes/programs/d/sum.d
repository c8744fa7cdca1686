import std.algorithm : map, splitter, sum;
import std.conv : to;
import std.stdio;

void main()
{
    long total = 0;
    foreach (line; stdin.byLine)
        total += line.splitter.map!(to!long).sum;
    writeln(total);
}
