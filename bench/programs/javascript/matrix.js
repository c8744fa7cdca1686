const readline = require('readline');

const MODULUS = 10007;
const multiply = (a, b) => a.map((row) => b[0].map((_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0) % MODULUS));

function power(base, exponent) {
  let result = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
  for (; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2) result = multiply(result, base);
    base = multiply(base, base);
  }
  return result;
}

const lines = [];
readline
  .createInterface({ input: process.stdin })
  .on('line', (line) => lines.push(line))
  .on('close', () => {
    const v = lines[1].split(' ').slice(0, 9).map((word) => Number(word) % 1000);
    console.log('ennead-text');
    for (const row of power([v.slice(0, 3), v.slice(3, 6), v.slice(6, 9)], 271828)) console.log(row.join(' '));
  });
