module geometry.places;

string whereFrom()
{
    return "from a module";
}
