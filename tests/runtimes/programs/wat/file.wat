(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "scratch.txt")
  (data (i32.const 32) "written and read\n")

  ;; Rights: 2 to read, 64 to write. Flags: 1 to create.
  (func $open (param $flags i32) (param $rights i64) (result i32)
    (if (call $path_open
          (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 11)
          (local.get $flags) (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 12))
      (then unreachable))
    (i32.load (i32.const 12)))

  (func $buffer (param $at i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (local.get $length)))

  (func (export "_start")
    (local $file i32)
    (local.set $file (call $open (i32.const 1) (i64.const 64)))
    (call $buffer (i32.const 32) (i32.const 17))
    (drop (call $fd_write (local.get $file) (i32.const 0) (i32.const 1) (i32.const 8)))
    (drop (call $fd_close (local.get $file)))
    (local.set $file (call $open (i32.const 0) (i64.const 2)))
    (call $buffer (i32.const 64) (i32.const 64))
    (drop (call $fd_read (local.get $file) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $buffer (i32.const 64) (i32.load (i32.const 8)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
