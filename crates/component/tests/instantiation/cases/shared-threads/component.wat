;; Threads that run at the same time are refused.
(component
  (component $inner
    (core type $start (shared (func (param i32))))
    (core func $spawn (canon thread.spawn-ref $start)))
  (instance $worker (instantiate $inner)))
