/*
 * Reads files of /usr as if for the first time, so that their pages are charged to this program's box, and leaves
 * them there: whoever takes that level for the box's own gives the next run so much more memory.
 */
#include "hostile.h"
#include <ftw.h>

static char block[MIB];
static long left;

static int read_again(const char *path, const struct stat *info, int kind, struct FTW *where) {
    if (kind != FTW_F || !S_ISREG(info->st_mode) || info->st_size < 200000) return 0;
    int fd = open(path, O_RDONLY);
    if (fd < 0) return 0;
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    for (ssize_t size; (size = read(fd, block, sizeof block)) > 0;) left -= size;
    close(fd);
    return left < 0;
}

int main(int count, char **arguments) {
    left = atol(arguments[1]) * MIB;
    if (!nftw("/usr/lib", read_again, 16, FTW_PHYS)) nftw("/usr/share", read_again, 16, FTW_PHYS);
    puts(left < 0 ? "read" : "too little is installed");
    return 0;
}
