const NODES = 60;

class Heap {
  constructor() {
    this.items = [];
  }
  push(item) {
    const items = this.items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (items[above][0] <= items[at][0]) break;
      [items[above], items[at]] = [items[at], items[above]];
      at = above;
    }
  }
  pop() {
    const items = this.items;
    const top = items[0];
    const last = items.pop();
    if (items.length) {
      items[0] = last;
      for (let at = 0; ; ) {
        let least = at;
        for (const below of [2 * at + 1, 2 * at + 2]) {
          if (below < items.length && items[below][0] < items[least][0]) least = below;
        }
        if (least === at) break;
        [items[least], items[at]] = [items[at], items[least]];
        at = least;
      }
    }
    return top;
  }
}

let input = '';
process.stdin.on('data', (chunk) => (input += chunk));
process.stdin.on('end', () => {
  const [, ...values] = input.trim().split(/\s+/).map(Number);
  const graph = Array.from({ length: NODES }, (_, i) => [[(i + 1) % NODES, 50]]);
  for (const v of values) graph[v % NODES].push([Math.floor(v / NODES) % NODES, 1 + ((v + 271828) % 97)]);
  const distance = new Array(NODES).fill(Infinity);
  distance[0] = 0;
  const heap = new Heap();
  heap.push([0, 0]);
  while (heap.items.length) {
    const [far, node] = heap.pop();
    if (far > distance[node]) continue;
    for (const [other, weight] of graph[node]) {
      if (far + weight >= distance[other]) continue;
      distance[other] = far + weight;
      heap.push([far + weight, other]);
    }
  }
  console.log('ennead-text', distance.reduce((a, b) => a + b), Math.max(...distance));
});
