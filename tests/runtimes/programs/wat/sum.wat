(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (global $sum (mut i64) (i64.const 0))
  (global $number (mut i64) (i64.const 0))
  (global $negative (mut i32) (i32.const 0))

  ;; The number that has ended becomes a part of the sum.
  (func $end
    (global.set $sum
      (select
        (i64.sub (global.get $sum) (global.get $number))
        (i64.add (global.get $sum) (global.get $number))
        (global.get $negative)))
    (global.set $number (i64.const 0))
    (global.set $negative (i32.const 0)))

  (func $take (param $byte i32)
    (if (i32.eq (local.get $byte) (i32.const 45))
      (then (global.set $negative (i32.const 1)) (return)))
    (if (i32.lt_u (local.get $byte) (i32.const 48))
      (then (call $end) (return)))
    (global.set $number
      (i64.add
        (i64.mul (global.get $number) (i64.const 10))
        (i64.extend_i32_u (i32.sub (local.get $byte) (i32.const 48))))))

  (func $print (param $number i64)
    (local $at i32)
    (local $rest i64)
    (local.set $at (i32.const 63))
    (i32.store8 (local.get $at) (i32.const 10))
    (local.set $rest
      (select
        (i64.sub (i64.const 0) (local.get $number))
        (local.get $number)
        (i64.lt_s (local.get $number) (i64.const 0))))
    (loop $digits
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.wrap_i64 (i64.rem_u (local.get $rest) (i64.const 10)))))
      (local.set $rest (i64.div_u (local.get $rest) (i64.const 10)))
      (br_if $digits (i64.ne (local.get $rest) (i64.const 0))))
    (if (i64.lt_s (local.get $number) (i64.const 0))
      (then
        (local.set $at (i32.sub (local.get $at) (i32.const 1)))
        (i32.store8 (local.get $at) (i32.const 45))))
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (i32.sub (i32.const 64) (local.get $at)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))

  (func (export "_start")
    (local $at i32)
    (local $end i32)
    (loop $reads
      (i32.store (i32.const 0) (i32.const 64))
      (i32.store (i32.const 4) (i32.const 65536))
      (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      (local.set $at (i32.const 64))
      (local.set $end (i32.add (i32.const 64) (i32.load (i32.const 8))))
      (block $taken
        (loop $bytes
          (br_if $taken (i32.ge_u (local.get $at) (local.get $end)))
          (call $take (i32.load8_u (local.get $at)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $bytes)))
      (br_if $reads (i32.load (i32.const 8))))
    (call $end)
    (call $print (global.get $sum))))
