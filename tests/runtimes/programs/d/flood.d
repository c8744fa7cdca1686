import std.stdio;

void main()
{
    for (;;)
        writeln("a line that nobody reads");
}
