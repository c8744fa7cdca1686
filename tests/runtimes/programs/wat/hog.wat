(module
  (memory (export "memory") 1)
  (func (export "_start")
    (local $page i32)
    (loop $pages
      (local.set $page (memory.grow (i32.const 1)))
      (memory.fill (i32.mul (local.get $page) (i32.const 65536)) (i32.const 1) (i32.const 65536))
      (br $pages))))
