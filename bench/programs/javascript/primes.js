const fs = require('fs');

const SEED = 271828;
const limit = 20000 + (SEED % 1000);
const prime = new Array(limit + 1).fill(true);
prime[0] = prime[1] = false;
for (let i = 2; i * i <= limit; i++) {
  if (!prime[i]) continue;
  for (let j = i * i; j <= limit; j += i) prime[j] = false;
}
let count = 0;
let sum = 0;
for (let i = 2; i <= limit; i++) {
  if (prime[i]) {
    count++;
    sum = (sum + i) % 1000007;
  }
}
const [, ...values] = fs.readFileSync(0, 'utf8').trim().split(/\s+/).map(Number);
console.log(`ennead-text ${count} ${sum} ${values.filter((value) => prime[value]).length}`);
