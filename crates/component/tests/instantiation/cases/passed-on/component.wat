;; Functions, instances and resources of the host that are exported again, and handed to a component under other names.
(component
  (import "wasi:io/error@0.2.0" (instance $io
    (export "error" (type $e (sub resource)))
    (export "[method]error.text" (func (param "self" (borrow $e)) (result string)))))
  (type $level' (enum "low" "high"))
  (import "level" (type $level (eq $level')))
  (import "log" (func $log (param "level" $level)))
  (component $c
    (import "problems" (instance $p (export "error" (type (sub resource)))))
    (type $level' (enum "low" "high"))
    (import "grade" (type $level (eq $level')))
    (import "say" (func $say (param "level" $level)))
    (alias export $p "error" (type $e))
    (core func $say (canon lower (func $say)))
    (core func $drop (canon resource.drop $e))
    (core module $m (import "" "say" (func (param i32))) (import "" "drop" (func (param i32))))
    (core instance (instantiate $m
      (with "" (instance (export "say" (func $say)) (export "drop" (func $drop)))))))
  (instance (instantiate $c (with "problems" (instance $io)) (with "say" (func $log)) (with "grade" (type $level))))
  (export "io" (instance $io))
  (export "say" (func $log)))
