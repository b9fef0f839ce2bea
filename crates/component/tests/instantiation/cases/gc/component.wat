;; Values in memory under garbage collection are refused.
(component
  (core module $m (type $s (array i8)) (type $f (func (param (ref $s)))) (func (export "f") (param (ref null $s))))
  (core instance $m (instantiate $m))
  (core type $array (array i8))
  (core type $f (func (param (ref null $array))))
  (func (export "f") (param "x" (list u8)) (canon lift (core func $m "f") gc)))
