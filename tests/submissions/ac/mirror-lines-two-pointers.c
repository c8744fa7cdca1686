// Swaps the characters of each line from both ends: accepted.
#include <stdio.h>
#include <string.h>

int main(void) {
    char line[4096];
    while (fgets(line, sizeof line, stdin) != NULL) {
        const size_t length = strcspn(line, "\n");
        line[length] = '\0';
        for (size_t i = 0; i < length / 2; ++i) {
            const char kept = line[i];
            line[i] = line[length - 1 - i];
            line[length - 1 - i] = kept;
        }
        puts(line);
    }
    return 0;
}
