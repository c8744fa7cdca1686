const [n, ...values] = require('fs').readFileSync(0, 'utf8').trim().split(/\s+/).map(Number);
const a = values.map((v) => (v + 271828) % 7);
const b = values.map((v, i) => (Math.floor(v / 7) + i) % 7);
const table = (fill) => Array.from({ length: n + 1 }, (_, i) => Array.from({ length: n + 1 }, (_, j) => fill(i, j)));
const longest = table(() => 0);
const edits = table((i, j) => (i && j ? 0 : i + j));
for (let i = 1; i <= n; i++) {
  for (let j = 1; j <= n; j++) {
    const same = a[i - 1] === b[j - 1];
    longest[i][j] = same ? longest[i - 1][j - 1] + 1 : Math.max(longest[i - 1][j], longest[i][j - 1]);
    edits[i][j] = Math.min(edits[i - 1][j - 1] + (same ? 0 : 1), edits[i - 1][j] + 1, edits[i][j - 1] + 1);
  }
}
console.log(`ennead-text ${longest[n][n]} ${edits[n][n]}`);
