(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)

  (func $length (param $text i32) (result i32)
    (local $at i32)
    (local.set $at (local.get $text))
    (block $found
      (loop $bytes
        (br_if $found (i32.eqz (i32.load8_u (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $bytes)))
    (i32.sub (local.get $at) (local.get $text)))

  ;; The byte that ends an argument becomes the end of a line.
  (func $print (param $text i32)
    (local $length i32)
    (local.set $length (call $length (local.get $text)))
    (i32.store8 (i32.add (local.get $text) (local.get $length)) (i32.const 10))
    (i32.store (i32.const 0) (local.get $text))
    (i32.store (i32.const 4) (i32.add (local.get $length) (i32.const 1)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))

  (func (export "_start")
    (local $index i32)
    (drop (call $args_sizes_get (i32.const 12) (i32.const 16)))
    (drop (call $args_get (i32.const 64) (i32.const 1024)))
    (local.set $index (i32.const 1))
    (block $printed
      (loop $arguments
        (br_if $printed (i32.ge_u (local.get $index) (i32.load (i32.const 12))))
        (call $print (i32.load (i32.add (i32.const 64) (i32.mul (local.get $index) (i32.const 4)))))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $arguments)))))
