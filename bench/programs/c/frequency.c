#include <stdio.h>
#include <stdlib.h>

#define KEYS 37

struct entry {
    int key, count;
};

static int compare(const void *left, const void *right) {
    const struct entry *a = left, *b = right;
    return a->count != b->count ? b->count - a->count : a->key - b->key;
}

int main(void) {
    struct entry entries[KEYS] = {{0, 0}};
    int n, v;
    for (int i = 0; i < KEYS; i++) entries[i].key = i;
    if (scanf("%d", &n) != 1) return 1;
    for (int i = 0; i < n && scanf("%d", &v) == 1; i++) entries[(v + 271828) % KEYS].count++;
    qsort(entries, KEYS, sizeof *entries, compare);
    puts("ennead-text");
    for (int i = 0; i < 10; i++) printf("%d:%d%c", entries[i].key, entries[i].count, i < 9 ? ' ' : '\n');
    return 0;
}
