;; A component that defines a resource, instantiated twice: two resources, two core instances, one module.
(component
  (component $counter
    (core module $m (func (export "dtor") (param i32)) (func (export "make") (result i32) unreachable))
    (core instance $m (instantiate $m))
    (alias core export $m "dtor" (core func $dtor))
    (type $r (resource (rep i32) (dtor (core func $dtor))))
    (export $r' "counter" (type $r))
    (func $make (result (own $r')) (canon lift (core func $m "make")))
    (export "make" (func $make)))
  (instance $one (instantiate $counter))
  (instance $two (instantiate $counter))
  (export "one" (instance $one))
  (export "two" (instance $two)))
