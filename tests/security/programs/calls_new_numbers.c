/* System calls that did not exist when the filter was written. */
#include "hostile.h"

int main(void) {
    for (int number = 451; number < 700; number++) MUST_FAIL_WITH(ENOSYS, syscall(number, 0, 0, 0, 0, 0, 0));
    const int numbers[] = {1000, 4096, 65535, 1 << 20, 0x3fffffff};
    for (int i = 0; i < COUNT(numbers); i++) MUST_FAIL_WITH(ENOSYS, syscall(numbers[i], 0, 0, 0, 0, 0, 0));
    return all_refused();
}
