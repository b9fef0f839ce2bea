;; What a component of the host would do, nobody knows.
(component
  (import "c" (component $c (export "f" (func))))
  (component $inner
    (import "c" (component $c (export "f" (func))))
    (instance $made (instantiate $c))
    (export "f" (func $made "f")))
  (instance $named (instantiate $inner (with "c" (component $c))))
  (export "f" (func $named "f")))
