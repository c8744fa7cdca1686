#include <assert.h>
#include <string.h>

int main(void) {
    assert(strlen("three") == 3);
    return 0;
}
