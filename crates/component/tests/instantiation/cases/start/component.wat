;; A start function of a component is refused.
(component
  (import "f" (func $f))
  (start $f))
