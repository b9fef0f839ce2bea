;; A memory with addresses of 64 bits, exported again by a module that imports it.
(component
  (import "log" (func $log (param "text" string)))
  (core module $libc (memory (export "memory") i64 1))
  (core instance $libc (instantiate $libc))
  (core module $again (import "" "memory" (memory $m i64 1)) (export "mem" (memory $m)))
  (core instance $again (instantiate $again (with "" (instance $libc))))
  (core func $log (canon lower (func $log) (memory (core memory $again "mem"))))
  (core module $main (import "" "log" (func (param i64 i64))))
  (core instance (instantiate $main (with "" (instance (export "log" (func $log)))))))
