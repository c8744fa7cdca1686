// Prints all that is asked for and reports failure with its exit status: run-time error.
#include <stdio.h>
#include <string.h>

int main(void) {
    char line[4096];
    while (fgets(line, sizeof line, stdin) != NULL) {
        for (size_t i = strcspn(line, "\n"); i-- > 0;) putchar(line[i]);
        putchar('\n');
    }
    return 3;
}
