;; A list becomes a stream, and a stream a list. Reads and writes block the task, which is the only one of its instance.
(module
  (import "memory" "memory" (memory 1))
  (import "memory" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
  (import "memory" "used" (func $used (result i32)))
  (import "ends" "new" (func $new (result i64)))
  (import "ends" "read" (func $read (param i32 i32 i32) (result i32)))
  (import "ends" "write" (func $write (param i32 i32 i32) (result i32)))
  (import "ends" "drop-readable" (func $drop-readable (param i32)))
  (import "ends" "drop-writable" (func $drop-writable (param i32)))
  (import "ends" "made" (func $made (param i32)))
  (import "ends" "taken" (func $taken (param i32 i32 i32)))

  ;; The elements, how many, and the bytes of one.
  (func (export "make") (param $at i32) (param $left i32) (param $size i32)
    (local $ends i64)
    (local $end i32)
    (local $done i32)
    (local.set $ends (call $new))
    (call $made (i32.wrap_i64 (local.get $ends)))
    (local.set $end (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))))
    (block $stop
      (loop $again
        (br_if $stop (i32.eqz (local.get $left)))
        (local.set $done (call $write (local.get $end) (local.get $at) (local.get $left)))
        (local.set $at
          (i32.add (local.get $at) (i32.mul (i32.shr_u (local.get $done) (i32.const 4)) (local.get $size))))
        (local.set $left (i32.sub (local.get $left) (i32.shr_u (local.get $done) (i32.const 4))))
        ;; The low bits are 0 as long as somebody reads.
        (br_if $again (i32.eqz (i32.and (local.get $done) (i32.const 15))))))
    (call $drop-writable (local.get $end)))

  ;; The stream, the bytes of an element, and the most elements and bytes: of more, it is told that it was cut.
  (func (export "take") (param $end i32) (param $size i32) (param $most i32) (param $most-bytes i32)
    (local $at i32)
    (local $len i32)
    (local $room i32)
    (local $done i32)
    (local $cut i32)
    (local.set $room
      (select
        (i32.const 4096)
        (i32.const 1)
        (i32.lt_u (local.get $size) (i32.const 64))))
    (local.set $at (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.mul (local.get $room) (local.get $size))))
    (block $stop
      (loop $again
        (local.set $done
          (call $read
            (local.get $end)
            (i32.add (local.get $at) (i32.mul (local.get $len) (local.get $size)))
            (i32.sub (local.get $room) (local.get $len))))
        (local.set $len (i32.add (local.get $len) (i32.shr_u (local.get $done) (i32.const 4))))
        (br_if $stop (i32.and (local.get $done) (i32.const 15)))
        (local.set $cut (i32.const 1))
        (br_if $stop (i32.gt_u (local.get $len) (local.get $most)))
        (br_if $stop (i32.gt_u (call $used) (local.get $most-bytes)))
        (local.set $cut (i32.const 0))
        (if (i32.eq (local.get $len) (local.get $room))
          (then
            (local.set $at
              (call $realloc
                (local.get $at)
                (i32.mul (local.get $room) (local.get $size))
                (i32.const 8)
                (i32.mul (i32.shl (local.get $room) (i32.const 1)) (local.get $size))))
            (local.set $room (i32.shl (local.get $room) (i32.const 1)))))
        (br $again)))
    (call $drop-readable (local.get $end))
    (call $taken (local.get $at) (local.get $len) (local.get $cut))))
