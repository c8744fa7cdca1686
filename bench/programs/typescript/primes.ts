import * as fs from 'fs';

const SEED: number = 271828;

function sieve(limit: number): boolean[] {
  const prime: boolean[] = new Array<boolean>(limit + 1).fill(true);
  prime[0] = prime[1] = false;
  for (let i = 2; i * i <= limit; i++) {
    if (prime[i]) for (let j = i * i; j <= limit; j += i) prime[j] = false;
  }
  return prime;
}

const prime = sieve(20000 + (SEED % 1000));
let count = 0;
let sum = 0;
prime.forEach((is: boolean, i: number) => {
  if (is) {
    count++;
    sum = (sum + i) % 1000007;
  }
});
const values: number[] = fs.readFileSync(0, 'utf8').trim().split(/\s+/).slice(1).map(Number);
console.log(`ennead-text ${count} ${sum} ${values.filter((value) => prime[value]).length}`);
