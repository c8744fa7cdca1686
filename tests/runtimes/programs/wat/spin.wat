(module
  (memory (export "memory") 1)
  (func (export "_start") (loop $turn (br $turn))))
