import * as fs from 'fs';

interface Item {
  weight: number;
  value: number;
}

const CAPACITY = 300;
const items: Item[] = fs
  .readFileSync(0, 'utf8')
  .split('\n')[1]
  .split(' ')
  .slice(0, 60)
  .map(Number)
  .map((v): Item => ({ weight: 1 + (v % 50), value: 1 + ((v + 271828) % 100) }));
const best: number[] = Array(CAPACITY + 1).fill(0);
for (const { weight, value } of items) {
  for (let room = CAPACITY; room >= weight; room--) best[room] = Math.max(best[room], best[room - weight] + value);
}
console.log('ennead-text', best[CAPACITY], new Set<number>(best).size);
