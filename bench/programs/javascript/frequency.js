const lines = require('fs').readFileSync(0, 'utf8').split('\n');
const counts = new Map(Array.from({ length: 37 }, (_, key) => [key, 0]));
for (const word of lines[1].split(' ')) {
  const key = (Number(word) + 271828) % 37;
  counts.set(key, counts.get(key) + 1);
}
const ranked = [...counts].sort(([a, x], [b, y]) => y - x || a - b).slice(0, 10);
console.log('ennead-text');
console.log(ranked.map(([key, count]) => `${key}:${count}`).join(' '));
