#pragma GCC plugin "./main.so"
#pragma GCC plugin("/work/main.so")
#pragma GCC diagnostic push
#pragma GCC optimize("-fplugin=/work/main.so")
#pragma GCC target("../../../etc/shadow")
__attribute__((optimize("-fplugin=/etc/shadow"), target("arch=/etc/shadow"))) int main(void) { return undeclared; }
