;; The program, as a core module: it greets whom its arguments name. World `app` of wit/world.wit.
(module
  (import "wasi:cli/environment@0.2.12" "get-arguments" (func $arguments (param i32)))
  (import "wasi:cli/stdout@0.2.12" "get-stdout" (func $stdout (result i32)))
  (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
    (func $write (param i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.12" "[resource-drop]output-stream" (func $drop_stream (param i32)))

  ;; From 16: what imported functions return. From 128: texts. From 4096: strings.
  (memory (export "memory") 1)
  (data (i32.const 128) "Hello, ")
  (data (i32.const 144) "!\n")
  (data (i32.const 160) "World")
  (global $strings_end (mut i32) (i32.const 4096))

  ;; The host puts strings here. Memory grows as needed.
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

  (func $greet (param $to i32) (param $name i32) (param $length i32) (result i32)
    (if (call $print (local.get $to) (i32.const 128) (i32.const 7)) (then (return (i32.const 1))))
    (if (call $print (local.get $to) (local.get $name) (local.get $length)) (then (return (i32.const 1))))
    (call $print (local.get $to) (i32.const 144) (i32.const 2)))

  ;; 0 is `ok`, 1 is `err`.
  (func (export "wasi:cli/run@0.2.12#run") (result i32)
    (local $to i32)
    (local $argument i32)
    (local $end i32)
    (local $failed i32)
    ;; A list is an address and a length; each of its strings as well. The first one is the program's own name.
    (call $arguments (i32.const 16))
    (local.set $argument (i32.load (i32.const 16)))
    (local.set $end (i32.add (local.get $argument) (i32.mul (i32.load (i32.const 20)) (i32.const 8))))
    (local.set $argument (i32.add (local.get $argument) (i32.const 8)))
    (local.set $to (call $stdout))
    (if (i32.ge_u (local.get $argument) (local.get $end))
      (then (local.set $failed (call $greet (local.get $to) (i32.const 160) (i32.const 5))))
      (else
        (loop $next
          (local.set $failed
            (call $greet (local.get $to) (i32.load (local.get $argument)) (i32.load offset=4 (local.get $argument))))
          (local.set $argument (i32.add (local.get $argument) (i32.const 8)))
          (br_if $next
            (i32.and (i32.eqz (local.get $failed)) (i32.lt_u (local.get $argument) (local.get $end)))))))
    (call $drop_stream (local.get $to))
    (global.set $strings_end (i32.const 4096))
    (local.get $failed)))
