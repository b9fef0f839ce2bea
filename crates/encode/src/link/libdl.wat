;; `dlopen`, `dlsym`, `dlclose` and `dlerror` over the tables that the linker writes.
;;
;; Nothing is loaded: every library that can be opened is part of the program, and stays.
;; A handle is the address of the library's entry in the tables; all names are sorted, and looked for by halving.
;; Flags other than RTLD_LAZY (1), RTLD_NOW (2) and RTLD_GLOBAL (256) are refused, and so are handles that `dlopen`
;; did not return, RTLD_DEFAULT and RTLD_NEXT among them.
(module
  (@dylink.0 (mem-info (memory 160 2)))
  (import "env" "memory" (memory 0))
  (import "env" "__memory_base" (global $base i32))
  (import "GOT.mem" "__wasm_libdl_libraries" (global $libraries (mut i32)))

  ;; The address of the message that `dlerror` returns next; 0 if nothing failed since.
  (global $error (mut i32) (i32.const 0))

  (data (global.get $base)
    "unknown flags for dlopen\00"              ;; 0
    "library cannot be opened\00"              ;; 25
    "no symbol of this name\00"                ;; 50
    "no handle of an opened library\00")       ;; 73

  ;; Compares a C string with a text of `length` bytes: negative, zero or positive, as the text stands to the string.
  (func $compare (param $text i32) (param $length i32) (param $string i32) (result i32)
    (local $left i32) (local $right i32)
    (loop $next
      (local.set $right (i32.load8_u (local.get $string)))
      (if (i32.eqz (local.get $length))
        (then (return (i32.sub (i32.const 0) (local.get $right)))))
      ;; The string ends first.
      (if (i32.eqz (local.get $right)) (then (return (i32.const 1))))
      (local.set $left (i32.load8_u (local.get $text)))
      (if (i32.ne (local.get $left) (local.get $right))
        (then (return (i32.sub (local.get $left) (local.get $right)))))
      (local.set $text (i32.add (local.get $text) (i32.const 1)))
      (local.set $string (i32.add (local.get $string) (i32.const 1)))
      (local.set $length (i32.sub (local.get $length) (i32.const 1)))
      (br $next))
    unreachable)

  ;; The entry for a name among `count` entries of `size` bytes, which begin with length and address of their names;
  ;; 0 if there is none.
  (func $find (param $entries i32) (param $count i32) (param $size i32) (param $name i32) (result i32)
    (local $half i32) (local $entry i32) (local $order i32)
    (block $none
      (loop $next
        (br_if $none (i32.eqz (local.get $count)))
        (local.set $half (i32.shr_u (local.get $count) (i32.const 1)))
        (local.set $entry
          (i32.add (local.get $entries) (i32.mul (local.get $half) (local.get $size))))
        (local.set $order
          (call $compare
            (i32.load offset=4 (local.get $entry)) (i32.load (local.get $entry)) (local.get $name)))
        (if (i32.eqz (local.get $order)) (then (return (local.get $entry))))
        (if (i32.lt_s (local.get $order) (i32.const 0))
          (then
            (local.set $entries (i32.add (local.get $entry) (local.get $size)))
            (local.set $count (i32.sub (i32.sub (local.get $count) (local.get $half)) (i32.const 1))))
          (else (local.set $count (local.get $half))))
        (br $next)))
    (i32.const 0))

  (func $fail (param $message i32)
    (global.set $error (i32.add (global.get $base) (local.get $message))))

  ;; Whether a handle is the entry of a library.
  (func $is_library (param $handle i32) (result i32)
    (local $offset i32)
    (local.set $offset (i32.sub (local.get $handle) (i32.load offset=4 (global.get $libraries))))
    (i32.and
      (i32.lt_u (local.get $offset) (i32.shl (i32.load (global.get $libraries)) (i32.const 4)))
      (i32.eqz (i32.and (local.get $offset) (i32.const 15)))))

  ;; void *dlopen(const char *name, int flags)
  (func (export "dlopen") (param $name i32) (param $flags i32) (result i32)
    (local $library i32)
    (if (i32.and (local.get $flags) (i32.const -260))
      (then (call $fail (i32.const 0)) (return (i32.const 0))))
    (if (local.get $name)
      (then
        (local.set $library
          (call $find
            (i32.load offset=4 (global.get $libraries)) (i32.load (global.get $libraries))
            (i32.const 16) (local.get $name)))))
    (if (i32.eqz (local.get $library)) (then (call $fail (i32.const 25))))
    (local.get $library))

  ;; void *dlsym(void *handle, const char *name)
  (func (export "dlsym") (param $handle i32) (param $name i32) (result i32)
    (local $symbol i32)
    (if (i32.eqz (call $is_library (local.get $handle)))
      (then (call $fail (i32.const 73)) (return (i32.const 0))))
    (local.set $symbol
      (call $find
        (i32.load offset=12 (local.get $handle)) (i32.load offset=8 (local.get $handle))
        (i32.const 12) (local.get $name)))
    (if (i32.eqz (local.get $symbol))
      (then (call $fail (i32.const 50)) (return (i32.const 0))))
    (i32.load offset=8 (local.get $symbol)))

  ;; int dlclose(void *handle)
  (func (export "dlclose") (param $handle i32) (result i32)
    (if (call $is_library (local.get $handle)) (then (return (i32.const 0))))
    (call $fail (i32.const 73))
    (i32.const -1))

  ;; char *dlerror(void)
  (func (export "dlerror") (result i32)
    (global.get $error)
    (global.set $error (i32.const 0))))
