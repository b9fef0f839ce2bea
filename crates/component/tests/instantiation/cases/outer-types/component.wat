;; Outer aliases of types and components; a component inside a component that is instantiated by a third.
(component
  (type $pair (tuple u32 string))
  (type $r (resource (rep i32)))
  (component $leaf
    (alias outer 1 $pair (type $pair))
    (core module $m (memory (export "memory") 1) (func (export "f") (param i32 i32 i32))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
    (core instance $m (instantiate $m))
    (func (export "f") (param "p" $pair)
      (canon lift (core func $m "f") (memory (core memory $m "memory")) (realloc (core func $m "realloc")) string-encoding=utf16)))
  (component $branch
    (component $again
      (alias outer 2 $leaf (component $leaf))
      (instance $leaf (instantiate $leaf))
      (export "f" (func $leaf "f")))
    (instance $x (instantiate $again))
    (instance $y (instantiate $again))
    (export "f" (func $x "f"))
    (export "g" (func $y "f")))
  (instance $branch (instantiate $branch))
  (export "leaf" (component $leaf))
  (export "pair" (type $pair))
  (export "branch" (instance $branch)))
