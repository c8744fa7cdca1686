#include "/proc/1/cmdline"
#include "/proc/1/status"
#include "/proc/self/mountinfo"
#include "/proc/self/cgroup"
#include "/proc/self/net/unix"
int main(void) { return undeclared; }
