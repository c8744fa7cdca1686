import * as readline from 'readline';

type Row = [number, number, number];
type Matrix = [Row, Row, Row];

const MODULUS = 10007;

function multiply(a: Matrix, b: Matrix): Matrix {
  const cell = (i: number, j: number): number => (a[i][0] * b[0][j] + a[i][1] * b[1][j] + a[i][2] * b[2][j]) % MODULUS;
  const row = (i: number): Row => [cell(i, 0), cell(i, 1), cell(i, 2)];
  return [row(0), row(1), row(2)];
}

function power(base: Matrix, exponent: number): Matrix {
  let result: Matrix = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = multiply(result, base);
    base = multiply(base, base);
  }
  return result;
}

async function main(): Promise<void> {
  const lines: string[] = [];
  for await (const line of readline.createInterface({ input: process.stdin })) lines.push(line);
  const v = lines[1].split(' ').slice(0, 9).map((word) => Number(word) % 1000);
  const result = power([v.slice(0, 3) as Row, v.slice(3, 6) as Row, v.slice(6, 9) as Row], 271828);
  console.log('ennead-text');
  for (const row of result) console.log(row.join(' '));
}

main();
