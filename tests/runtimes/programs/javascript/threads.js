const { Worker, isMainThread, parentPort, workerData } = require("worker_threads");

if (isMainThread) {
  const squares = Array.from({ length: 10 }, (_, index) => new Promise((resolve, reject) => {
    const worker = new Worker(__filename, { workerData: index + 1 });
    worker.on("message", resolve);
    worker.on("error", reject);
  }));
  Promise.all(squares).then((all) => console.log(all.reduce((sum, square) => sum + square)));
} else {
  parentPort.postMessage(workerData * workerData);
}
