/* Puts something where the built program will be looked for. */
#include "hostile.h"

int main(void) {
    MUST_FAIL(open("/artifact/main", O_CREAT | O_WRONLY, 0700));
    MUST_FAIL(symlink("/work", "/artifact/left-behind"));
    MUST_FAIL(mkdir("/artifact/left-behind", 0700));
    MUST_FAIL(chmod("/artifact", 0777));
    return all_refused();
}
