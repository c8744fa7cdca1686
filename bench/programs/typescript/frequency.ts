import { readFileSync } from 'fs';

type Entry = { key: number; count: number };

const counts: Map<number, Entry> = new Map();
for (let key = 0; key < 37; key++) counts.set(key, { key, count: 0 });
for (const word of readFileSync(0, 'utf8').split('\n')[1].split(' ')) {
  const entry = counts.get((Number(word) + 271828) % 37);
  if (entry !== undefined) entry.count++;
}
const ranked: Entry[] = [...counts.values()].sort((a, b) => b.count - a.count || a.key - b.key);
console.log('ennead-text');
console.log(ranked.slice(0, 10).map(({ key, count }) => `${key}:${count}`).join(' '));
