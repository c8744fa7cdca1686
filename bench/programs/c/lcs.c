#include <stdio.h>
#include <stdlib.h>

#define MOST 1000

static int longest[MOST + 1][MOST + 1], edits[MOST + 1][MOST + 1];

static int min(int a, int b) { return a < b ? a : b; }
static int max(int a, int b) { return a > b ? a : b; }

int main(void) {
    int n, a[MOST], b[MOST];
    if (scanf("%d", &n) != 1 || n > MOST) return 1;
    for (int i = 0, v; i < n && scanf("%d", &v) == 1; i++) {
        a[i] = (v + 271828) % 7;
        b[i] = (v / 7 + i) % 7;
    }
    for (int i = 0; i <= n; i++) edits[i][0] = edits[0][i] = i;
    for (int i = 1; i <= n; i++)
        for (int j = 1; j <= n; j++) {
            int same = a[i - 1] == b[j - 1];
            longest[i][j] = same ? longest[i - 1][j - 1] + 1 : max(longest[i - 1][j], longest[i][j - 1]);
            edits[i][j] = min(edits[i - 1][j - 1] + !same, 1 + min(edits[i - 1][j], edits[i][j - 1]));
        }
    printf("%s %d %d\n", "ennead-text", longest[n][n], edits[n][n]);
    return 0;
}
