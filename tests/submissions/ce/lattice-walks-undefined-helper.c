// Calls a function that no file defines: compile error from the linker.
extern int count_walks(int rows, int columns);

int main(void) { return count_walks(3, 3); }
