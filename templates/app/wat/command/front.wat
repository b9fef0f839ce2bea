;; The program, as a core module: it greets `NAME`, or in a language `LANGUAGE NAME`. World `front` of wit/front.wit.
(module
  (import "local:{{name}}/greetings@0.1.0" "greet" (func $greet (param i32 i32 i32 i32 i32)))
  (import "wasi:cli/environment@0.2.12" "get-arguments" (func $arguments (param i32)))
  (import "wasi:cli/stdout@0.2.12" "get-stdout" (func $stdout (result i32)))
  (import "wasi:cli/stderr@0.2.12" "get-stderr" (func $stderr (result i32)))
  (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
    (func $write (param i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.12" "[resource-drop]output-stream" (func $drop_stream (param i32)))

  ;; From 16: what imported functions return. From 128: texts. From 4096: strings.
  (memory (export "memory") 1)
  (data (i32.const 128) "en")
  (data (i32.const 130) "World")
  (data (i32.const 144) "this language is not known\n")
  (global $strings_end (mut i32) (i32.const 4096))

  ;; Strings are put here. Memory grows as needed.
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

  ;; Writes a text of any length; 1 if that failed.
  (func $print (param $to i32) (param $text i32) (param $length i32) (result i32)
    (local $part i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $length)))
        ;; One write takes 4096 bytes.
        (local.set $part
          (select (local.get $length) (i32.const 4096) (i32.lt_u (local.get $length) (i32.const 4096))))
        (call $write (local.get $to) (local.get $text) (local.get $part) (i32.const 16))
        (if (i32.load8_u (i32.const 16)) (then (return (i32.const 1))))
        (local.set $text (i32.add (local.get $text) (local.get $part)))
        (local.set $length (i32.sub (local.get $length) (local.get $part)))
        (br $next)))
    (i32.const 0))

  ;; Writes a text and closes the stream; 1 if that failed.
  (func $say (param $to i32) (param $text i32) (param $length i32) (result i32)
    (local $failed i32)
    (local.set $failed (call $print (local.get $to) (local.get $text) (local.get $length)))
    (call $drop_stream (local.get $to))
    (local.get $failed))

  ;; 0 is `ok`, 1 is `err`.
  (func (export "wasi:cli/run@0.2.12#run") (result i32)
    (local $first i32)
    (local $count i32)
    (local $language i32)
    (local $language_length i32)
    (local $name i32)
    (local $length i32)
    (local $text i32)
    ;; A list is an address and a length; each of its strings as well. The first one is the program's own name.
    (call $arguments (i32.const 16))
    (local.set $first (i32.load (i32.const 16)))
    (local.set $count (i32.load (i32.const 20)))
    (local.set $language (i32.const 128))
    (local.set $language_length (i32.const 2))
    (local.set $name (i32.const 130))
    (local.set $length (i32.const 5))
    (if (i32.ge_u (local.get $count) (i32.const 3))
      (then
        (local.set $language (i32.load offset=8 (local.get $first)))
        (local.set $language_length (i32.load offset=12 (local.get $first)))
        (local.set $first (i32.add (local.get $first) (i32.const 8)))))
    (if (i32.ge_u (local.get $count) (i32.const 2))
      (then
        (local.set $name (i32.load offset=8 (local.get $first)))
        (local.set $length (i32.load offset=12 (local.get $first)))))
    (call $greet
      (local.get $language) (local.get $language_length) (local.get $name) (local.get $length) (i32.const 16))
    (if (i32.eqz (i32.load8_u (i32.const 16)))
      (then
        (drop (call $say (call $stderr) (i32.const 144) (i32.const 27)))
        (return (i32.const 1))))
    ;; With the end of its line.
    (local.set $length (i32.load (i32.const 24)))
    (local.set $text
      (call $realloc (i32.load (i32.const 20)) (local.get $length) (i32.const 1)
        (i32.add (local.get $length) (i32.const 1))))
    (i32.store8 (i32.add (local.get $text) (local.get $length)) (i32.const 0x0a))
    (call $say (call $stdout) (local.get $text) (i32.add (local.get $length) (i32.const 1)))))
