/* Names that are not text, not one line, as long as can be, or mean something to others. */
#include "hostile.h"

int main(void) {
    char longest[256];
    memset(longest, 'x', 255);
    longest[255] = 0;
    const char *names[] = {"\xff\xfe", "new\nline", "\x1b[2J", "-rf", "..x", " ", "\\", "*", "x\xed\xa0\x80", "\xc3", longest};
    for (int i = 0; i < COUNT(names); i++) {
        int fd = open(names[i], O_CREAT | O_EXCL | O_WRONLY, 0600);
        write(fd, names[i], strlen(names[i]));
        close(fd);
    }
    puts("written");
    return 0;
}
