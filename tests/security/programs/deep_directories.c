/* So many directories in each other, with long names, that no path reaches the last; a file is there. */
#include "hostile.h"

int main(int count, char **arguments) {
    char name[256];
    memset(name, 'd', sizeof name);
    name[251] = 0;
    for (int left = atoi(arguments[1]); left > 0; left--)
        if (mkdir(name, 0700) || chdir(name)) return 1;
    close(open("main", O_CREAT | O_WRONLY, 0600));
    puts("deep");
    return 0;
}
