const CAPACITY = 300;
const values = require('fs').readFileSync(0, 'utf8').split('\n')[1].split(' ').map(Number);
const best = new Int32Array(CAPACITY + 1);
for (const v of values.slice(0, 60)) {
  const weight = 1 + (v % 50);
  const value = 1 + ((v + 271828) % 100);
  for (let room = CAPACITY; room >= weight; room--) best[room] = Math.max(best[room], best[room - weight] + value);
}
console.log('ennead-text', best[CAPACITY], new Set(best).size);
