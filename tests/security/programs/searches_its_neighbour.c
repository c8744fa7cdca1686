/* Looks for the victim everywhere where two programs of one machine can meet. */
#include "hostile.h"

int main(void) {
    struct sockaddr_un name;
    struct sockaddr_in address = loopback(4321);
    MUST_FAIL(connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&address, sizeof address));
    MUST_FAIL(connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, abstract_name(&name, "victim")));
    const char *files[] = {"/work/secret", "/tmp/secret", "/dev/shm/secret", "/artifact/lives_openly"};
    for (int i = 0; i < COUNT(files); i++) must_not_exist(files[i]);
    char path[64], text[64];
    for (int pid = 2; pid < 40000; pid++) {
        if (pid == getpid() || pid == getppid()) continue;
        if (kill(pid, 0) == 0) ESCAPED("process %d can be signalled", pid);
        snprintf(path, sizeof path, "/proc/%d/comm", pid);
        if (access(path, F_OK) == 0) ESCAPED("process %d can be seen", pid);
    }
    for (int i = 0; i < 20; i++) {
        kill(0, 0);
        milliseconds(5);
    }
    return all_refused();
}
