;; Instances inside instances, of the host and made here, and one that is passed on.
(component
  (import "outer" (instance $outer
    (export "r" (type $r (sub resource)))
    (export "inner" (instance
      (alias outer 1 $r (type $r))
      (type $t' (option (own $r)))
      (export "t" (type $t (eq $t')))
      (export "f" (func (param "t" $t)))))
    (export "unused" (instance (export "g" (func))))))
  (alias export $outer "inner" (instance $inner))
  (core func $f (canon lower (func $inner "f")))
  (core module $m (import "" "f" (func (param i32 i32))))
  (core instance (instantiate $m (with "" (instance (export "f" (func $f))))))
  (instance $bag (export "inside" (instance $inner)) (export "r" (type $outer "r")))
  (export "bag" (instance $bag)))
