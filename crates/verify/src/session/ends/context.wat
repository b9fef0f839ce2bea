;; A message becomes an error context, and an error context its message.
(module
  (import "memory" "memory" (memory 1))
  (import "ends" "new" (func $new (param i32 i32) (result i32)))
  (import "ends" "message" (func $message (param i32 i32)))
  (import "ends" "drop" (func $drop (param i32)))
  (func (export "make") (param $at i32) (param $len i32) (result i32) (call $new (local.get $at) (local.get $len)))
  (func (export "take") (param $context i32) (result i32)
    (call $message (local.get $context) (i32.const 8))
    (call $drop (local.get $context))
    (i32.const 8)))
