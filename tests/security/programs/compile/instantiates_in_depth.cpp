template <class T> struct Deeper { typename Deeper<Deeper<T>>::type value; };
int main() { return sizeof(Deeper<int>); }
