import geometry.places : whereFrom;
import std.stdio;

void main()
{
    writeln(whereFrom());
}
