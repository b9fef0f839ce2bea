;; A greeter, written by hand so that the demonstration needs no compiler.
;; World `greeter` of wit/deps/greeter.wit.
(module
  ;; A handle for a counter of ours; the number given is what methods get back.
  (import "[export]demo:greeter/api@0.1.0" "[resource-new]counter" (func $counter_handle (param i32) (result i32)))

  ;; From 16: the text around a name. From 1024: counters of 8 bytes each. From 4096: strings of the current call.
  (memory (export "memory") 1)
  (data (i32.const 16) "Hello, ")
  (global $strings_end (mut i32) (i32.const 4096))
  (global $counters_end (mut i32) (i32.const 1024))
  ;; Dropped counters, each holding the address of the next; 0 ends the list.
  (global $free_counters (mut i32) (i32.const 0))

  ;; Callers put strings here. Memory grows as needed; all of it is free again after the call.
  (func $realloc (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
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

  ;; greet(name) returns the address of a pointer and a length.
  (func (export "demo:greeter/api@0.1.0#greet") (param $name i32) (param $length i32) (result i32)
    (local $text i32)
    (local $result i32)
    (local.set $text (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.add (local.get $length) (i32.const 8))))
    (memory.copy (local.get $text) (i32.const 16) (i32.const 7))
    (memory.copy (i32.add (local.get $text) (i32.const 7)) (local.get $name) (local.get $length))
    (i32.store8 offset=7 (i32.add (local.get $text) (local.get $length)) (i32.const 0x21))
    (local.set $result (call $realloc (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 8)))
    (i32.store (local.get $result) (local.get $text))
    (i32.store offset=4 (local.get $result) (i32.add (local.get $length) (i32.const 8)))
    (local.get $result))

  ;; Once the caller has read the greeting, its memory is free.
  (func (export "cabi_post_demo:greeter/api@0.1.0#greet") (param $result i32)
    (global.set $strings_end (i32.const 4096)))

  (func (export "demo:greeter/api@0.1.0#[constructor]counter") (param $start i64) (result i32)
    (local $counter i32)
    (local.set $counter (global.get $free_counters))
    (if (local.get $counter)
      (then (global.set $free_counters (i32.load (local.get $counter))))
      (else
        (local.set $counter (global.get $counters_end))
        (if (i32.eq (local.get $counter) (i32.const 4096)) (then (unreachable)))
        (global.set $counters_end (i32.add (local.get $counter) (i32.const 8)))))
    (i64.store (local.get $counter) (local.get $start))
    (call $counter_handle (local.get $counter)))

  (func (export "demo:greeter/api@0.1.0#[method]counter.increment") (param $counter i32) (result i64)
    (i64.store (local.get $counter) (i64.add (i64.load (local.get $counter)) (i64.const 1)))
    (i64.load (local.get $counter)))

  (func (export "demo:greeter/api@0.1.0#[method]counter.get") (param $counter i32) (result i64)
    (i64.load (local.get $counter)))

  ;; A dropped counter's place is used again.
  (func (export "demo:greeter/api@0.1.0#[dtor]counter") (param $counter i32)
    (i32.store (local.get $counter) (global.get $free_counters))
    (global.set $free_counters (local.get $counter))))
