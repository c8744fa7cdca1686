class Natural {
  private static readonly BASE = 10000;
  private readonly limbs: number[] = [1];

  multiply(factor: number): this {
    let carry = 0;
    this.limbs.forEach((limb, i) => {
      carry += limb * factor;
      this.limbs[i] = carry % Natural.BASE;
      carry = Math.floor(carry / Natural.BASE);
    });
    if (carry > 0) this.limbs.push(carry);
    return this;
  }
  toString(): string {
    const [first, ...rest] = [...this.limbs].reverse();
    return String(first) + rest.map((limb) => limb.toString().padStart(4, '0')).join('');
  }
}

const factorial = new Natural();
for (let factor = 2; factor <= 30 + (271828 % 20); factor++) factorial.multiply(factor);
const text: string = factorial.toString();
const runs: RegExpMatchArray | null = text.match(/(.)\1*/g);
console.log('ennead-text', text);
console.log([...text].map(Number).reduce((a, b) => a + b), Math.max(...(runs ?? []).map((run) => run.length)));
