function squared(value: number): Promise<number> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./square.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data);
    };
    worker.postMessage(value);
  });
}

const values = Array.from({ length: 10 }, (_, index) => index + 1);
const squares = await Promise.all(values.map(squared));
console.log(squares.reduce((sum, square) => sum + square));
