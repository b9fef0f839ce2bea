;; What the app knows, as a core module. World `store` of wit/store.wit.
(module
  ;; From 16: the result of `hello`. From 1024: a row of 32 bytes for each language, which begins with its two letters
  ;; and the length of its text in bytes; the last row is empty. From 4096: strings of the current call.
  (memory (export "memory") 1)
  (data (i32.const 1024) "de\05Hallo")
  (data (i32.const 1056) "en\05Hello")
  (data (i32.const 1088) "es\04Hola")
  (data (i32.const 1120) "fr\07Bonjour")
  (data (i32.const 1152) "ja\0fこんにちは")
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

  ;; hello(language) returns the address of: 1 or 0, and where the language is known the address and the length of a text.
  (func (export "local:{{name}}/phrases@0.1.0#hello") (param $language i32) (param $length i32) (result i32)
    (local $row i32)
    (i32.store (i32.const 16) (i32.const 0))
    (if (i32.ne (local.get $length) (i32.const 2)) (then (return (i32.const 16))))
    (local.set $row (i32.const 1024))
    (loop $next
      (if (i32.eqz (i32.load8_u (local.get $row))) (then (return (i32.const 16))))
      (if (i32.ne (i32.load16_u (local.get $row)) (i32.load16_u (local.get $language)))
        (then
          (local.set $row (i32.add (local.get $row) (i32.const 32)))
          (br $next))))
    (i32.store (i32.const 16) (i32.const 1))
    (i32.store (i32.const 20) (i32.add (local.get $row) (i32.const 3)))
    (i32.store (i32.const 24) (i32.load8_u offset=2 (local.get $row)))
    (i32.const 16))

  ;; Once the caller has read the text, the memory of this call is free.
  (func (export "cabi_post_local:{{name}}/phrases@0.1.0#hello") (param $result i32)
    (global.set $strings_end (i32.const 4096))))
