__asm__(".data\n.byte 1\n.space 0x7fffffff, 1\n.space 0x7fffffff, 1\n");
int main(void) { return 0; }
