{ Worker, isMainThread, parentPort, workerData } = require 'worker_threads'

squared = (value) ->
  new Promise (resolve, reject) ->
    worker = new Worker __filename, workerData: value
    worker.on 'message', resolve
    worker.on 'error', reject

if isMainThread
  Promise.all(squared value for value in [1..10]).then (squares) ->
    console.log squares.reduce (sum, square) -> sum + square
else
  parentPort.postMessage workerData * workerData
