;; A component that is an argument, instantiated by who is given it, under a type that hides some of its exports.
(component
  (component $maker
    (import "part" (component $part
      (import "limit" (func (result u32)))
      (export "more" (instance (export "run" (func (result u32)))))
      (export "run" (func (result u32)))))
    (import "limit" (func $limit (result u32)))
    (instance $part (instantiate $part (with "limit" (func $limit))))
    (export "run" (func $part "run"))
    (export "part" (instance $part)))
  (component $part
    (import "limit" (func $limit (result u32)))
    (core func $limit (canon lower (func $limit)))
    (core module $m (import "" "limit" (func (result i32))) (func (export "run") (result i32) unreachable))
    (core instance $m (instantiate $m (with "" (instance (export "limit" (func $limit))))))
    (func $run (result u32) (canon lift (core func $m "run")))
    (instance $more (export "run" (func $run)) (export "hidden" (func $run)))
    (export "more" (instance $more))
    (export "run" (func $run))
    (export "hidden" (func $run)))
  (import "host" (instance $host (export "limit" (func (result u32)))))
  (instance $made (instantiate $maker (with "part" (component $part)) (with "limit" (func $host "limit"))))
  (export "run" (func $made "run"))
  (export "part" (instance $made "part")))
