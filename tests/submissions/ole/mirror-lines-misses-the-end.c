// Never asks whether there was one more line, and prints the last one again and again: output limit exceeded.
#include <stdio.h>

int main(void) {
    char line[4096] = "";
    while (!ferror(stdin)) {
        if (fgets(line, sizeof line, stdin) == NULL) clearerr(stdout);
        printf("%500s\n", line);
    }
    return 0;
}
