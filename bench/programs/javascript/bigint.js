let factorial = 1n;
for (let factor = 2n; factor <= 30n + (271828n % 20n); factor++) factorial *= factor;
const text = factorial.toString();
const sum = [...text].reduce((total, digit) => total + Number(digit), 0);
const longest = Math.max(...text.match(/(.)\1*/g).map((run) => run.length));
console.log('ennead-text', text);
console.log(sum, longest);
