/* Sends one signal to its parent, the supervisor; then gives the right answer. */
#include "hostile.h"

int main(int count, char **arguments) {
    kill(getppid(), atoi(arguments[1]));
    milliseconds(20);
    puts("42");
    return 0;
}
