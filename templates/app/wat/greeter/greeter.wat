;; What the app does, as a core module. World `greeter` of wit/greeter.wit.
(module
  (import "local:{{name}}/phrases@0.1.0" "hello" (func $hello (param i32 i32 i32)))

  ;; From 16: what `hello` returns, and then the result of `greet`: both are 1 or 0, an address and a length.
  ;; From 32: texts. From 4096: strings of the current call.
  (memory (export "memory") 1)
  (data (i32.const 32) ", ")
  (data (i32.const 34) "!")
  (global $strings_end (mut i32) (i32.const 4096))
  ;; Where the next piece of a greeting goes.
  (global $end (mut i32) (i32.const 0))

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

  (func $append (param $text i32) (param $length i32)
    (memory.copy (global.get $end) (local.get $text) (local.get $length))
    (global.set $end (i32.add (global.get $end) (local.get $length))))

  ;; greet(language, name)
  (func (export "local:{{name}}/greetings@0.1.0#greet")
    (param $language i32) (param $language_length i32) (param $name i32) (param $length i32) (result i32)
    (local $text i32)
    (call $hello (local.get $language) (local.get $language_length) (i32.const 16))
    (if (i32.eqz (i32.load8_u (i32.const 16))) (then (return (i32.const 16))))
    (local.set $text
      (call $realloc (i32.const 0) (i32.const 0) (i32.const 1)
        (i32.add (i32.load (i32.const 24)) (i32.add (local.get $length) (i32.const 3)))))
    (global.set $end (local.get $text))
    (call $append (i32.load (i32.const 20)) (i32.load (i32.const 24)))
    (call $append (i32.const 32) (i32.const 2))
    (call $append (local.get $name) (local.get $length))
    (call $append (i32.const 34) (i32.const 1))
    (i32.store (i32.const 20) (local.get $text))
    (i32.store (i32.const 24) (i32.sub (global.get $end) (local.get $text)))
    (i32.const 16))

  ;; Once the caller has read the greeting, the memory of this call is free.
  (func (export "cabi_post_local:{{name}}/greetings@0.1.0#greet") (param $result i32)
    (global.set $strings_end (i32.const 4096))))
