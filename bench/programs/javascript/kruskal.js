const fs = require('fs');

class Forest {
  #parents;
  constructor(size) {
    this.#parents = [...Array(size).keys()];
    this.components = size;
  }
  find(x) {
    return this.#parents[x] === x ? x : (this.#parents[x] = this.find(this.#parents[x]));
  }
  unite(a, b) {
    a = this.find(a);
    b = this.find(b);
    if (a === b) return false;
    this.#parents[a] = b;
    this.components--;
    return true;
  }
}

const [, ...values] = fs.readFileSync('/dev/stdin', 'utf8').trim().split(/\s+/).map(Number);
const edges = values.map((v, number) => ({ weight: 1 + ((v + 271828) % 97), number, a: v % 60, b: Math.floor(v / 60) % 60 }));
edges.sort((x, y) => x.weight - y.weight || x.number - y.number);
const forest = new Forest(60);
let total = 0;
for (const { weight, a, b } of edges) if (forest.unite(a, b)) total += weight;
console.log(`ennead-text ${total} ${forest.components}`);
