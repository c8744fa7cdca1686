/* Memory that the machine could not take back. */
#include "hostile.h"

int main(void) {
    char *memory = hold(16 * MIB);
    MUST_FAIL(mlock(memory, 16 * MIB));
    MUST_FAIL(mlockall(MCL_CURRENT));
    void *huge = mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
    if (huge != MAP_FAILED) ESCAPED("huge pages");
    return all_refused();
}
