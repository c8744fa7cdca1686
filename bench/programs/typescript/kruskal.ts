import { readFileSync } from 'fs';

abstract class Sets {
  abstract find(x: number): number;
  abstract unite(a: number, b: number): boolean;
}

class Forest extends Sets {
  private readonly parents: number[];

  constructor(public components: number) {
    super();
    this.parents = Array.from({ length: components }, (_, i) => i);
  }
  find(x: number): number {
    return this.parents[x] === x ? x : (this.parents[x] = this.find(this.parents[x]));
  }
  unite(a: number, b: number): boolean {
    const [first, second] = [this.find(a), this.find(b)];
    if (first === second) return false;
    this.parents[first] = second;
    this.components--;
    return true;
  }
}

const values: number[] = readFileSync(0, 'utf8').trim().split(/\s+/).slice(1).map(Number);
const edges = values.map((v, number) => ({ weight: 1 + ((v + 271828) % 97), number, a: v % 60, b: Math.floor(v / 60) % 60 }));
edges.sort((x, y) => x.weight - y.weight || x.number - y.number);
const forest: Forest = new Forest(60);
const total = edges.filter(({ a, b }) => forest.unite(a, b)).reduce((sum, edge) => sum + edge.weight, 0);
console.log(`ennead-text ${total} ${forest.components}`);
