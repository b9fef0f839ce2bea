;; Core modules that are imported, exported, passed to a component, and seen through outer aliases.
(component
  (core type $ty (module
    (import "env" "f" (func (param i32)))
    (import "env" "memory" (memory 1))
    (export "g" (func (result i32)))))
  (import "plugin" (core module $plugin (type $ty)))
  (core module $libc (memory (export "memory") 1) (func (export "f") (param i32)))
  (core instance $libc (instantiate $libc))
  (core instance $plugged (instantiate $plugin (with "env" (instance $libc))))
  (func (export "g") (result u32) (canon lift (core func $plugged "g")))
  (component $inner
    (import "m" (core module $m (export "h" (func (result i32)))))
    (alias outer 1 $libc (core module $outer))
    (core instance $a (instantiate $outer))
    (core instance $b (instantiate $m))
    (func (export "h") (result u32) (canon lift (core func $b "h")))
    (export "libc" (core module $outer)))
  (core module $given (func (export "h") (result i32) (i32.const 7)))
  (instance $inner (instantiate $inner (with "m" (core module $given))))
  (export "h" (func $inner "h"))
  (export "libc" (core module $inner "libc"))
  (export "plugin" (core module $plugin))
  (export "given" (core module $given)))
