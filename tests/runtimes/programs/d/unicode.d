import std.stdio;

void main()
{
    foreach (line; stdin.byLine)
        writeln(line);
    writeln("größe 漢字 🦀 ж");
}
