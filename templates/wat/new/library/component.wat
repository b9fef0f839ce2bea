;; What the world in `wit` exports, as a core module; `withe wrap` makes a component of it.
(module
  ;; From 16: the text around a name. From 4096: strings of the current call.
  (memory (export "memory") 1)
  (data (i32.const 16) "Hello, ")
  (global $strings_end (mut i32) (i32.const 4096))

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

  ;; Numbers are passed as they are.
  (func (export "gcd") (param $a i32) (param $b i32) (result i32)
    (local $rest i32)
    (loop $again
      (if (local.get $b)
        (then
          (local.set $rest (i32.rem_u (local.get $a) (local.get $b)))
          (local.set $a (local.get $b))
          (local.set $b (local.get $rest))
          (br $again))))
    (local.get $a))

  ;; A string is an address and a length; as a result, the address of both.
  (func (export "greet") (param $name i32) (param $length i32) (result i32)
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
  (func (export "cabi_post_greet") (param $result i32)
    (global.set $strings_end (i32.const 4096))))
