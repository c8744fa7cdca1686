#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES 60

static int weight[NODES][NODES];

static void add(int a, int b, int w) {
    if (!weight[a][b] || w < weight[a][b]) weight[a][b] = w;
}

int main(void) {
    int n, v, distance[NODES], done[NODES] = {0}, sum = 0, most = 0;
    if (scanf("%d", &n) != 1) return 1;
    for (int i = 0; i < NODES; i++) add(i, (i + 1) % NODES, 50);
    for (int i = 0; i < n && scanf("%d", &v) == 1; i++) add(v % NODES, v / NODES % NODES, 1 + (v + 271828) % 97);
    for (int i = 0; i < NODES; i++) distance[i] = i ? INT_MAX : 0;
    for (int round = 0; round < NODES; round++) {
        int best = -1;
        for (int i = 0; i < NODES; i++)
            if (!done[i] && (best < 0 || distance[i] < distance[best])) best = i;
        done[best] = 1;
        for (int i = 0; i < NODES; i++)
            if (weight[best][i] && distance[best] + weight[best][i] < distance[i])
                distance[i] = distance[best] + weight[best][i];
    }
    for (int i = 0; i < NODES; i++) {
        sum += distance[i];
        if (distance[i] > most) most = distance[i];
    }
    printf("%s %d %d\n", "ennead-text", sum, most);
    return 0;
}
