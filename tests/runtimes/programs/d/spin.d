import core.volatile : volatileLoad, volatileStore;

void main()
{
    uint n;
    for (;;)
        volatileStore(&n, volatileLoad(&n) + 1);
}
