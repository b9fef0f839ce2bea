;; An application that greets through another component.
;; It counts visits with that component's counter, and prints. World `app` of wit/app.wit.
(module
  (import "demo:greeter/api@0.1.0" "greet" (func $greet (param i32 i32 i32)))
  (import "demo:greeter/api@0.1.0" "[constructor]counter" (func $new_counter (param i64) (result i32)))
  (import "demo:greeter/api@0.1.0" "[method]counter.increment" (func $increment (param i32) (result i64)))
  (import "wasi:cli/stdout@0.2.12" "get-stdout" (func $get_stdout (result i32)))
  (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
    (func $write (param i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.12" "[resource-drop]output-stream" (func $drop_stream (param i32)))

  ;; From 16: texts. From 64: what imported functions return. From 96: the result of `welcome`. From 4096: strings.
  (memory (export "memory") 1)
  (data (i32.const 16) "world")
  (data (i32.const 32) "\n")
  (global $strings_end (mut i32) (i32.const 4096))
  ;; The counter of visits, made at the first one.
  (global $visits (mut i32) (i32.const 0))

  (func (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $start i32)
    (local.set $start
      (i32.and
        (i32.add (global.get $strings_end) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (global.set $strings_end (i32.add (local.get $start) (local.get $size)))
    (block $enough
      (loop $grow
        (br_if $enough (i32.le_u (global.get $strings_end) (i32.mul (memory.size) (i32.const 65536))))
        (br_if $grow (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))
        (unreachable)))
    (memory.copy (local.get $start) (local.get $old) (local.get $old_size))
    (local.get $start))

  ;; welcome(name) returns the address of the number of visits and the greeting.
  (func (export "welcome") (param $name i32) (param $length i32) (result i32)
    (if (i32.eqz (global.get $visits))
      (then (global.set $visits (call $new_counter (i64.const 0)))))
    (i64.store (i32.const 96) (call $increment (global.get $visits)))
    (call $greet (local.get $name) (local.get $length) (i32.const 104))
    (i32.const 96))

  (func (export "cabi_post_welcome") (param $result i32)
    (global.set $strings_end (i32.const 4096)))

  ;; Prints a greeting for the world. The result is 0 for `ok`, 1 for `error`: the discriminant of the last write.
  (func (export "wasi:cli/run@0.2.12#run") (result i32)
    (local $stdout i32)
    (local $failed i32)
    (call $greet (i32.const 16) (i32.const 5) (i32.const 64))
    (local.set $stdout (call $get_stdout))
    (call $write (local.get $stdout) (i32.load (i32.const 64)) (i32.load (i32.const 68)) (i32.const 72))
    (local.set $failed (i32.load8_u (i32.const 72)))
    (if (i32.eqz (local.get $failed))
      (then
        (call $write (local.get $stdout) (i32.const 32) (i32.const 1) (i32.const 72))
        (local.set $failed (i32.load8_u (i32.const 72)))))
    (call $drop_stream (local.get $stdout))
    (global.set $strings_end (i32.const 4096))
    (local.get $failed)))
