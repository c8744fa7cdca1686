import * as fs from 'fs';

function table(rows: number, columns: number, fill: (i: number, j: number) => number): number[][] {
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => fill(i, j)));
}

function compare<T>(a: readonly T[], b: readonly T[]): { longest: number; edits: number } {
  const longest = table(a.length + 1, b.length + 1, () => 0);
  const edits = table(a.length + 1, b.length + 1, (i, j) => (i && j ? 0 : i + j));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      longest[i][j] = same ? longest[i - 1][j - 1] + 1 : Math.max(longest[i - 1][j], longest[i][j - 1]);
      edits[i][j] = Math.min(edits[i - 1][j - 1] + Number(!same), edits[i - 1][j] + 1, edits[i][j - 1] + 1);
    }
  }
  return { longest: longest[a.length][b.length], edits: edits[a.length][b.length] };
}

const values = fs.readFileSync(0, 'utf8').trim().split(/\s+/).slice(1).map(Number);
const found = compare(values.map((v) => (v + 271828) % 7), values.map((v, i) => (Math.floor(v / 7) + i) % 7));
console.log(`ennead-text ${found.longest} ${found.edits}`);
