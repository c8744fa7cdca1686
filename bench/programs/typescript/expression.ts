import { readFileSync } from 'fs';

enum Sign {
  Plus = '+',
  Minus = '-',
}

class Parser {
  private static readonly MODULUS = 1000003;
  private at = 0;

  constructor(private readonly text: string) {}

  expression(): number {
    let value = this.term();
    while (this.peek() === Sign.Plus || this.peek() === Sign.Minus) {
      const sign = this.text[this.at++] as Sign;
      const other = this.term();
      value = (value + (sign === Sign.Plus ? other : Parser.MODULUS - other)) % Parser.MODULUS;
    }
    return value;
  }
  private peek(): string | undefined {
    return this.text[this.at];
  }
  private term(): number {
    let value = this.factor();
    while (this.peek() === '*') {
      this.at++;
      value = (value * this.factor()) % Parser.MODULUS;
    }
    return value;
  }
  private factor(): number {
    const character = this.text[this.at++];
    if (character !== '(') return parseInt(character, 10);
    const value = this.expression();
    this.at++;
    return value;
  }
}

const values = readFileSync(0, 'utf8').trim().split(/\s+/).slice(1).map(Number);
const text = values
  .map((v, i) => {
    const operator = i ? '+-*'[(v + 271828) % 3] : '';
    return `${operator}${i % 5 === 0 ? '(' : ''}${v % 10}${i % 5 === 4 || i === values.length - 1 ? ')' : ''}`;
  })
  .join('');
console.log(`ennead-text ${text.length} ${new Parser(text).expression()}`);
