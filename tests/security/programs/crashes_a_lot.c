/* Crashes, each of which could leave an image of the memory, or start somebody who collects it. */
#include "hostile.h"

int main(void) {
    struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
    prctl(PR_SET_DUMPABLE, 1);
    MUST_FAIL(setrlimit(RLIMIT_CORE, &all));
    for (int i = 0; i < 20; i++) {
        if (fork() == 0) i % 2 ? abort() : raise(SIGSEGV);
        int status;
        wait(&status);
        if (WCOREDUMP(status)) ESCAPED("a core was dumped");
    }
    DIR *work = opendir(".");
    for (struct dirent *entry; (entry = readdir(work));)
        if (entry->d_name[0] != '.') ESCAPED("%s was left", entry->d_name);
    return all_refused();
}
