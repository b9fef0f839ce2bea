;; The memory of the other modules here: what is asked for is never given back.
(module
  (memory (export "memory") 1)
  (global $next (mut i32) (i32.const 16))
  (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local $end i64)
    (local.set $at
      (i32.and
        (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (local.set $end (i64.add (i64.extend_i32_u (local.get $at)) (i64.extend_i32_u (local.get $size))))
    (if (i64.gt_u (local.get $end) (i64.const 0xfff00000)) (then (unreachable)))
    (if (i64.gt_u (local.get $end) (i64.shl (i64.extend_i32_u (memory.size)) (i64.const 16)))
      (then
        (if
          (i32.eq
            (i32.const -1)
            (memory.grow
              (i32.sub
                (i32.wrap_i64 (i64.shr_u (i64.add (local.get $end) (i64.const 0xffff)) (i64.const 16)))
                (memory.size))))
          (then (unreachable)))))
    (global.set $next (i32.wrap_i64 (local.get $end)))
    (if (local.get $old)
      (then (memory.copy (local.get $at) (local.get $old) (local.get $old-size))))
    (local.get $at))
  ;; Bytes given so far.
  (func (export "used") (result i32) (global.get $next)))
