import std.file : readText;
import std.stdio;

void main()
{
    auto scratch = File("scratch.txt", "w");
    scratch.writeln("written and read");
    scratch.close();
    write(readText("scratch.txt"));
}
