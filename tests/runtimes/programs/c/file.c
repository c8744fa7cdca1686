#include <stdio.h>
#include <stdlib.h>

static FILE *scratch(const char *mode) {
    FILE *file = fopen("scratch.txt", mode);
    if (file == NULL) {
        perror("scratch.txt");
        exit(1);
    }
    return file;
}

int main(void) {
    FILE *file = scratch("w");
    fputs("written and read\n", file);
    fclose(file);
    char line[100];
    file = scratch("r");
    while (fgets(line, sizeof line, file) != NULL) fputs(line, stdout);
    fclose(file);
    return 0;
}
