#include <stdio.h>
#include <stdlib.h>

#define NODES 60

typedef struct {
    int weight, number, a, b;
} edge;

static int parent[NODES];

static int find(int x) {
    while (parent[x] != x) x = parent[x] = parent[parent[x]];
    return x;
}

static int compare(const void *left, const void *right) {
    const edge *a = left, *b = right;
    return a->weight != b->weight ? a->weight - b->weight : a->number - b->number;
}

int main(void) {
    int n, total = 0, components = NODES;
    if (scanf("%d", &n) != 1) return 1;
    edge *edges = malloc(n * sizeof *edges);
    for (int i = 0, v; i < n && scanf("%d", &v) == 1; i++)
        edges[i] = (edge){1 + (v + 271828) % 97, i, v % NODES, v / NODES % NODES};
    qsort(edges, n, sizeof *edges, compare);
    for (int i = 0; i < NODES; i++) parent[i] = i;
    for (int i = 0; i < n; i++) {
        int a = find(edges[i].a), b = find(edges[i].b);
        if (a == b) continue;
        parent[a] = b;
        total += edges[i].weight;
        components--;
    }
    printf("%s %d %d\n", "ennead-text", total, components);
    free(edges);
    return 0;
}
