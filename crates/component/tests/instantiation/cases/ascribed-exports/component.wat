;; Exports under types that are written for them: other names, fewer items.
(component
  (type $r (resource (rep i32)))
  (core module $m (func (export "make") (result i32) unreachable) (func (export "take") (param i32)))
  (core instance $m (instantiate $m))
  (type $pair (tuple u8 u8))
  (export $thing "thing" (type $r))
  (func $make (result (own $thing)) (canon lift (core func $m "make")))
  (func $take (param "r" (borrow $thing)) (canon lift (core func $m "take")))
  (instance $all (export "r" (type $thing)) (export "make" (func $make)) (export "take" (func $take)))
  (export "make" (func $make) (func (result (own $thing))))
  (export "pair" (type $pair))
  (export "api" (instance $all) (instance
    (alias outer 1 $thing (type $t))
    (export "r" (type $r (eq $t)))
    (export "make" (func (result (own $r)))))))
