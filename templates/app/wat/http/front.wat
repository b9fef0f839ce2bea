;; The front, as a core module: requests in, pages out. World `front` of wit/front.wit.
(module
  (import "local:{{name}}/greetings@0.1.0" "greet" (func $greet (param i32 i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.12" "[method]incoming-request.path-with-query" (func $path_of (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[resource-drop]incoming-request" (func $drop_request (param i32)))
  (import "wasi:http/types@0.2.12" "[constructor]fields" (func $new_fields (result i32)))
  (import "wasi:http/types@0.2.12" "[method]fields.append" (func $append (param i32 i32 i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.12" "[constructor]outgoing-response" (func $new_response (param i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-response.set-status-code"
    (func $set_status (param i32 i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-response.body" (func $body_of (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[static]response-outparam.set"
    (func $answer (param i32 i32 i32 i32 i64 i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-body.write" (func $stream_of (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[static]outgoing-body.finish" (func $finish (param i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
    (func $write (param i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.12" "[resource-drop]output-stream" (func $drop_stream (param i32)))

  ;; From 16: what imported functions return. From 64: the result of $page. From 128: texts. From 4096: strings.
  (memory (export "memory") 1)
  (data (i32.const 128) "en")
  (data (i32.const 144) "World")
  (data (i32.const 176) "content-type")
  (data (i32.const 192) "text/plain; charset=utf-8")
  (data (i32.const 224) "There is no such page.\n")
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

  ;; How many bytes stand before the first one of a kind; all, if there is none.
  (func $before (param $text i32) (param $length i32) (param $byte i32) (result i32)
    (local $at i32)
    (block $found
      (loop $next
        (br_if $found (i32.eq (local.get $at) (local.get $length)))
        (br_if $found (i32.eq (i32.load8_u (i32.add (local.get $text) (local.get $at))) (local.get $byte)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (local.get $at))

  ;; $page gives the address of: 1 or 0, and where there is a page the address and the length of its text.
  ;; Paths are `/`, `/NAME` and `/LANGUAGE/NAME`.
  (func $page (param $path i32) (param $length i32) (result i32)
    (local $language i32)
    (local $language_length i32)
    (local $text i32)
    (i32.store (i32.const 64) (i32.const 0))
    ;; A path begins with `/`; its query changes nothing.
    (if (i32.eqz (local.get $length)) (then (return (i32.const 64))))
    (if (i32.ne (i32.load8_u (local.get $path)) (i32.const 0x2f)) (then (return (i32.const 64))))
    (local.set $path (i32.add (local.get $path) (i32.const 1)))
    (local.set $length
      (call $before (local.get $path) (i32.sub (local.get $length) (i32.const 1)) (i32.const 0x3f)))
    (local.set $language (local.get $path))
    (local.set $language_length (call $before (local.get $path) (local.get $length) (i32.const 0x2f)))
    (if (i32.eq (local.get $language_length) (local.get $length))
      (then
        (local.set $language (i32.const 128))
        (local.set $language_length (i32.const 2)))
      (else
        (local.set $path (i32.add (local.get $path) (i32.add (local.get $language_length) (i32.const 1))))
        (local.set $length (i32.sub (local.get $length) (i32.add (local.get $language_length) (i32.const 1))))))
    ;; Deeper paths lead nowhere.
    (if (i32.ne (call $before (local.get $path) (local.get $length) (i32.const 0x2f)) (local.get $length))
      (then (return (i32.const 64))))
    (if (i32.eqz (local.get $length))
      (then
        (local.set $path (i32.const 144))
        (local.set $length (i32.const 5))))
    ;; What `greet` returns has the form of what is returned here.
    (call $greet
      (local.get $language) (local.get $language_length) (local.get $path) (local.get $length) (i32.const 64))
    (if (i32.eqz (i32.load8_u (i32.const 64))) (then (return (i32.const 64))))
    (local.set $length (i32.load (i32.const 72)))
    (local.set $text
      (call $realloc (i32.load (i32.const 68)) (local.get $length) (i32.const 1)
        (i32.add (local.get $length) (i32.const 1))))
    (i32.store8 (i32.add (local.get $text) (local.get $length)) (i32.const 0x0a))
    (i32.store (i32.const 68) (local.get $text))
    (i32.store (i32.const 72) (i32.add (local.get $length) (i32.const 1)))
    (i32.const 64))

  (func (export "wasi:http/incoming-handler@0.2.12#handle") (param $request i32) (param $out i32)
    (call $path_of (local.get $request) (i32.const 16))
    (call $drop_request (local.get $request))
    ;; Of a request without a path, address and length are 0.
    (if (i32.eqz (i32.load8_u (i32.const 16)))
      (then
        (i32.store (i32.const 20) (i32.const 0))
        (i32.store (i32.const 24) (i32.const 0))))
    (if (i32.load8_u (call $page (i32.load (i32.const 20)) (i32.load (i32.const 24))))
      (then (call $respond (local.get $out) (i32.const 200) (i32.load (i32.const 68)) (i32.load (i32.const 72))))
      (else (call $respond (local.get $out) (i32.const 404) (i32.const 224) (i32.const 23))))
    (global.set $strings_end (i32.const 4096)))

  ;; Answers with a text. A client that has gone away is no error.
  (func $respond (param $out i32) (param $status i32) (param $text i32) (param $length i32)
    (local $fields i32)
    (local $response i32)
    (local $body i32)
    (local $stream i32)
    (local $part i32)
    (local.set $fields (call $new_fields))
    (call $append (local.get $fields) (i32.const 176) (i32.const 12) (i32.const 192) (i32.const 25) (i32.const 16))
    (local.set $response (call $new_response (local.get $fields)))
    (drop (call $set_status (local.get $response) (local.get $status)))
    (call $body_of (local.get $response) (i32.const 16))
    (local.set $body (i32.load (i32.const 20)))
    ;; `ok` of the response; the rest is what an error would have.
    (call $answer
      (local.get $out) (i32.const 0) (local.get $response)
      (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
    (call $stream_of (local.get $body) (i32.const 16))
    (local.set $stream (i32.load (i32.const 20)))
    ;; One write takes 4096 bytes.
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $length)))
        (local.set $part
          (select (local.get $length) (i32.const 4096) (i32.lt_u (local.get $length) (i32.const 4096))))
        (call $write (local.get $stream) (local.get $text) (local.get $part) (i32.const 16))
        (br_if $done (i32.load8_u (i32.const 16)))
        (local.set $text (i32.add (local.get $text) (local.get $part)))
        (local.set $length (i32.sub (local.get $length) (local.get $part)))
        (br $next)))
    (call $drop_stream (local.get $stream))
    ;; Without trailers. What it returns, from 16, has 40 bytes at most.
    (call $finish (local.get $body) (i32.const 0) (i32.const 0) (i32.const 16))))
