#include <stdio.h>

int main(void) {
    FILE *file = fopen("scratch.txt", "w");
    if (!file || fputs("written and read\n", file) < 0 || fclose(file)) return 1;
    char line[64];
    file = fopen("scratch.txt", "r");
    if (!file || !fgets(line, sizeof line, file)) return 1;
    fputs(line, stdout);
}
