{ Worker, is-main-thread, parent-port, worker-data } = require 'worker_threads'
{ map, sum } = require 'prelude-ls'

squared = (value) ->
  resolve, reject <- new Promise _
  worker = new Worker __filename, worker-data: value
  worker.on 'message', resolve
  worker.on 'error', reject

if is-main-thread
  Promise.all map squared, [1 to 10] .then sum .then console.log
else
  parent-port.post-message worker-data * worker-data
