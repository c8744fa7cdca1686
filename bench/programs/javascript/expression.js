const MODULUS = 1000003;

function evaluate(text) {
  let at = 0;
  const factor = () => {
    if (text[at] !== '(') return Number(text[at++]);
    at++;
    const value = expression();
    at++;
    return value;
  };
  const term = () => {
    let value = factor();
    while (text[at] === '*') {
      at++;
      value = (value * factor()) % MODULUS;
    }
    return value;
  };
  const expression = () => {
    let value = term();
    while (text[at] === '+' || text[at] === '-') {
      const plus = text[at++] === '+';
      const other = term();
      value = (value + (plus ? other : MODULUS - other)) % MODULUS;
    }
    return value;
  };
  return expression();
}

const [n, ...values] = require('fs').readFileSync(0).toString().trim().split(/\s+/).map(Number);
let text = '';
values.forEach((v, i) => {
  if (i) text += '+-*'[(v + 271828) % 3];
  if (i % 5 === 0) text += '(';
  text += v % 10;
  if (i % 5 === 4 || i === n - 1) text += ')';
});
console.log(`ennead-text ${text.length} ${evaluate(text)}`);
