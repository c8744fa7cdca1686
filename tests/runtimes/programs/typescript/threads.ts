import { Worker, isMainThread, parentPort, workerData } from "worker_threads";

function squared(value: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(__filename, { workerData: value });
    worker.on("message", resolve);
    worker.on("error", reject);
  });
}

if (isMainThread) {
  const values = Array.from({ length: 10 }, (_, index) => index + 1);
  Promise.all(values.map(squared)).then((squares) => console.log(squares.reduce((sum, square) => sum + square)));
} else {
  parentPort.postMessage(workerData * workerData);
}
