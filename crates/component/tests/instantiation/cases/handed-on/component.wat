;; A resource that one component defines, a second hands on, and a third uses.
(component
  (component $owner
    (type $r (resource (rep i32)))
    (core func $new (canon resource.new $r))
    (core module $m (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 1))))
    (core instance $m (instantiate $m (with "" (instance (export "new" (func $new))))))
    (func $make (result (own $r)) (canon lift (core func $m "make")))
    (instance $api (export "r" (type $r)) (export "make" (func $make)))
    (export "a:b/api" (instance $api)))
  (component $between
    (import "a:b/api" (instance $api
      (export "r" (type $r (sub resource)))
      (export "make" (func (result (own $r))))))
    (alias export $api "r" (type $r))
    (instance $again (export "thing" (type $r)) (export "get" (func $api "make")))
    (export "a:b/again" (instance $again)))
  (component $user
    (import "a:b/again" (instance $api
      (export "thing" (type $r (sub resource)))
      (export "get" (func (result (own $r))))))
    (alias export $api "thing" (type $r))
    (core func $get (canon lower (func $api "get")))
    (core func $drop (canon resource.drop $r))
    (core module $m (import "" "get" (func $get (result i32))) (import "" "drop" (func $drop (param i32)))
      (func (export "run") (call $drop (call $get))))
    (core instance $m (instantiate $m
      (with "" (instance (export "get" (func $get)) (export "drop" (func $drop))))))
    (func (export "run") (canon lift (core func $m "run"))))
  (instance $owner (instantiate $owner))
  (instance $between (instantiate $between (with "a:b/api" (instance $owner "a:b/api"))))
  (instance $user (instantiate $user (with "a:b/again" (instance $between "a:b/again"))))
  (alias export $owner "a:b/api" (instance $api))
  (export "api" (instance $api))
  (export "run" (func $user "run")))
