import { readFileSync } from 'node:fs';

class PriorityQueue<T> {
  private items: [number, T][] = [];

  get size(): number {
    return this.items.length;
  }
  push(priority: number, item: T): void {
    let at = this.items.push([priority, item]) - 1;
    for (let above = (at - 1) >> 1; at > 0 && this.items[above][0] > priority; at = above, above = (at - 1) >> 1) {
      this.swap(at, above);
    }
  }
  pop(): [number, T] {
    this.swap(0, this.size - 1);
    const top = this.items.pop() as [number, T];
    for (let at = 0; ; ) {
      let least = at;
      for (const below of [2 * at + 1, 2 * at + 2]) {
        if (below < this.size && this.items[below][0] < this.items[least][0]) least = below;
      }
      if (least === at) return top;
      this.swap(at, least);
      at = least;
    }
  }
  private swap(a: number, b: number): void {
    [this.items[a], this.items[b]] = [this.items[b], this.items[a]];
  }
}

interface Edge {
  readonly to: number;
  readonly weight: number;
}

const NODES = 60;
const graph: Edge[][] = Array.from({ length: NODES }, (_, i) => [{ to: (i + 1) % NODES, weight: 50 }]);
for (const v of readFileSync(0, 'utf8').trim().split(/\s+/).slice(1).map(Number)) {
  graph[v % NODES].push({ to: Math.floor(v / NODES) % NODES, weight: 1 + ((v + 271828) % 97) });
}
const distance: number[] = new Array(NODES).fill(Infinity);
distance[0] = 0;
const queue = new PriorityQueue<number>();
queue.push(0, 0);
while (queue.size > 0) {
  const [far, node] = queue.pop();
  if (far > distance[node]) continue;
  for (const { to, weight } of graph[node]) {
    if (far + weight < distance[to]) {
      distance[to] = far + weight;
      queue.push(distance[to], to);
    }
  }
}
console.log('ennead-text', distance.reduce((a, b) => a + b, 0), Math.max(...distance));
