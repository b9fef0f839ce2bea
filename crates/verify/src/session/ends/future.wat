;; A list of one value becomes a future, and a future a list of one value.
(module
  (import "memory" "memory" (memory 1))
  (import "memory" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
  (import "ends" "new" (func $new (result i64)))
  (import "ends" "read" (func $read (param i32 i32) (result i32)))
  (import "ends" "write" (func $write (param i32 i32) (result i32)))
  (import "ends" "drop-readable" (func $drop-readable (param i32)))
  (import "ends" "drop-writable" (func $drop-writable (param i32)))
  (import "ends" "made" (func $made (param i32)))
  (import "ends" "taken" (func $taken (param i32 i32 i32)))

  ;; The list; its length and the bytes of an element are as for streams.
  (func (export "make") (param $at i32) (param $len i32) (param $size i32)
    (local $ends i64)
    (local $end i32)
    (local.set $ends (call $new))
    (call $made (i32.wrap_i64 (local.get $ends)))
    (local.set $end (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))))
    (drop (call $write (local.get $end) (local.get $at)))
    (call $drop-writable (local.get $end)))

  ;; The future, and the bytes of its value; the rest is as for streams.
  (func (export "take") (param $end i32) (param $size i32) (param $most i32) (param $most-bytes i32)
    (local $at i32)
    (local.set $at (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (local.get $size)))
    (drop (call $read (local.get $end) (local.get $at)))
    (call $drop-readable (local.get $end))
    (call $taken (local.get $at) (i32.const 1) (i32.const 0))))
