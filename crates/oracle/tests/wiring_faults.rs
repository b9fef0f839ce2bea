//! The comparison of wirings finds what an encoder could do wrong, and only that.
//!
//! One component, written by hand as an encoder would write it, is compared with itself after one change of its text.

use withe_oracle::wiring::{self, Component, Input};

const MAIN: &str = r#"
    (import "a:b/c" "log" (func (param i32 i32)))
    (import "a:b/c" "name" (func (param i32)))
    (import "a:b/c" "[resource-drop]r" (func (param i32)))
    (import "[export]own" "[resource-new]o" (func (param i32) (result i32)))
    (import "old" "f" (func (param i32)))
    (memory (export "memory") 1)
    (memory (export "other") 1)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "cabi_other") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "run") (param i32 i32) (result i32) unreachable)
    (func (export "cabi_post_run") (param i32) unreachable)
    (func (export "own#[dtor]o") (param i32) unreachable)
    (func (export "hook") (param i32) unreachable)
    (func (export "_initialize"))
    (func (export "second"))
"#;

const ADAPTER: &str = r#"
    (import "env" "memory" (memory 0))
    (func (export "f") (param i32) unreachable)
    (func (export "g") (param i32) unreachable)
"#;

/// `MAIN`, `ADAPTER` stand for the modules.
const COMPONENT: &str = r#"(component
  (import "a:b/c" (instance $c
    (export "r" (type $r (sub resource)))
    (export "log" (func (param "s" string)))
    (export "name" (func (result string)))))
  (alias export $c "r" (type $r))
  (core module $main MAIN)
  (core module $adapter ADAPTER)
  (core module $shim
    (table (export "$imports") 4 4 funcref)
    (func (export "0") (param i32 i32) local.get 0 local.get 1 i32.const 0 call_indirect (param i32 i32))
    (func (export "1") (param i32) local.get 0 i32.const 1 call_indirect (param i32))
    (func (export "2") (param i32) local.get 0 i32.const 2 call_indirect (param i32))
    (func (export "3") (param i32) local.get 0 i32.const 3 call_indirect (param i32)))
  (core instance $shim (instantiate $shim))
  (alias core export $shim "2" (core func $dtor))
  (type $o (resource (rep i32) (dtor (core func $dtor))))
  (core func $new (canon resource.new $o))
  (core func $drop (canon resource.drop $r))
  (core instance $main (instantiate $main
    (with "a:b/c" (instance
      (export "log" (func $shim "0"))
      (export "name" (func $shim "1"))
      (export "[resource-drop]r" (func $drop))))
    (with "[export]own" (instance (export "[resource-new]o" (func $new))))
    (with "old" (instance (export "f" (func $shim "3"))))))
  (core instance $adapter (instantiate $adapter
    (with "env" (instance (export "memory" (memory $main "memory"))))))
  (core func $log (canon lower (func $c "log") (memory (core memory $main "memory")) string-encoding=utf8))
  (core func $name (canon lower (func $c "name")
    (memory (core memory $main "memory")) (realloc (core func $main "cabi_realloc")) string-encoding=utf8))
  (core module $fixup
    (import "" "0" (func $0 (param i32 i32)))
    (import "" "1" (func $1 (param i32)))
    (import "" "2" (func $2 (param i32)))
    (import "" "3" (func $3 (param i32)))
    (import "" "$imports" (table 4 4 funcref))
    (import "main" "hook" (func $hook (param i32)))
    (import "main" "run" (func $run (param i32 i32) (result i32)))
    (import "main" "_initialize" (func $initialize))
    (import "main" "second" (func $second))
    (elem (i32.const 0) func $0 $1 $2 $3)
    (func (export "hooked") (param i32 i32) (result i32)
      i32.const 0 call $hook local.get 0 local.get 1 call $run i32.const 1 call $hook)
    (func $start call $initialize call $second)
    (start $start))
  (core instance $fixup (instantiate $fixup
    (with "" (instance
      (export "0" (func $log))
      (export "1" (func $name))
      (export "2" (func $main "own#[dtor]o"))
      (export "3" (func $adapter "f"))
      (export "$imports" (table $shim "$imports"))))
    (with "main" (instance $main))))
  (type $t (func (param "s" string) (result string)))
  (func $lifted (type $t) (canon lift (core func $fixup "hooked")
    (memory (core memory $main "memory")) (realloc (core func $main "cabi_realloc"))
    (post-return (core func $main "cabi_post_run")) string-encoding=utf8))
  (component $own
    (import "x" (type $x (sub resource)))
    (import "f" (func $f (param "s" string) (result string)))
    (export "o" (type $x))
    (export "run" (func $f)))
  (instance $own (instantiate $own (with "x" (type $o)) (with "f" (func $lifted))))
  (export "own" (instance $own)))"#;

fn bytes(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn module(text: &str) -> Vec<u8> {
    bytes(&format!("(module {text})"))
}

fn whole(component: &str) -> Vec<u8> {
    bytes(&component.replace("MAIN", MAIN).replace("ADAPTER", ADAPTER))
}

fn difference(component: &str) -> Option<String> {
    let (main, adapter) = (module(MAIN), module(ADAPTER));
    let input = |name: &str, bytes| Input { name: name.to_owned(), bytes };
    let (there, here) = (whole(COMPONENT), whole(component));
    let read = |bytes| Component::read(bytes).unwrap_or_else(|why| panic!("{why}"));
    let inputs = [input("main", &main), input("old", &adapter)];
    let found = read(&there).differences(&read(&here), &inputs).expect("both are described");
    (!found.is_empty()).then(|| wiring::told(&found))
}

/// Changes one piece of the text, which must be there once.
fn changed(from: &str, to: &str) -> String {
    assert_eq!(COMPONENT.matches(from).count(), 1, "{from}");
    COMPONENT.replace(from, to)
}

#[test]
fn nothing_differs_from_itself() {
    assert_eq!(difference(COMPONENT), None);
}

#[test]
fn everything_is_described() {
    let (main, adapter) = (module(MAIN), module(ADAPTER));
    let inputs = [Input { name: "main".to_owned(), bytes: &main }, Input { name: "old".to_owned(), bytes: &adapter }];
    let component = whole(COMPONENT);
    let wiring = Component::read(&component).unwrap().wiring(&inputs).unwrap();
    let lines: Vec<_> = wiring.0.iter().map(|(key, found)| format!("{key} => {found}")).collect();
    let expected = [
        "export own#run => lift({call main.hook(0); call main.run(p0, p1); call main.hook(1) -> r1}, \
         memory=main.memory, realloc=main.cabi_realloc, utf8, post-return=main.cabi_post_run)",
        "main: import \"[export]own\" \"[resource-new]o\" => resource-new own own.o",
        "main: import \"a:b/c\" \"[resource-drop]r\" => drop a:b/c.r",
        "main: import \"a:b/c\" \"log\" => lower(a:b/c#log, memory=main.memory, utf8)",
        "main: import \"a:b/c\" \"name\" => lower(a:b/c#name, memory=main.memory, realloc=main.cabi_realloc, utf8)",
        "main: import \"old\" \"f\" => old.f",
        "module main => instances: 1",
        "module old => instances: 1",
        "old: import \"env\" \"memory\" => main.memory",
        "resource own own.o => dtor=main.own#[dtor]o",
        "start => call main._initialize(); call main.second()",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn another_layout_is_no_difference() {
    // Other slots.
    let swapped = changed("(elem (i32.const 0) func $0 $1 $2 $3)", "(elem (i32.const 0) func $0 $2 $1 $3)");
    let swapped = swapped
        .replace("local.get 0 i32.const 1 call_indirect", "local.get 0 i32.const 9 call_indirect")
        .replace("local.get 0 i32.const 2 call_indirect", "local.get 0 i32.const 1 call_indirect")
        .replace("local.get 0 i32.const 9 call_indirect", "local.get 0 i32.const 2 call_indirect");
    assert_eq!(difference(&swapped), None);
    // Two steps of start in another function.
    let start = "(func $start call $initialize call $second)";
    assert_eq!(
        difference(&changed(start, "(func $then call $second) (func $start call $initialize call $then)")),
        None
    );
    // A wrapper that keeps the result in a local.
    let hooked = "call $run i32.const 1 call $hook)";
    let with_local = changed(hooked, "call $run local.set 0 i32.const 1 call $hook local.get 0)");
    assert_eq!(difference(&with_local), None);
    // A call in tail position.
    let tail = changed("i32.const 3 call_indirect (param i32)", "i32.const 3 return_call_indirect (param i32)");
    assert_eq!(difference(&tail), None);
}

#[test]
fn each_fault_is_found() {
    let log = "(canon lower (func $c \"log\") (memory (core memory $main \"memory\")) string-encoding=utf8)";
    let name = "(memory (core memory $main \"memory\")) (realloc (core func $main \"cabi_realloc\")) string-encoding=utf8))\n  (core module $fixup";
    let elem = "(elem (i32.const 0) func $0 $1 $2 $3)";
    // What is changed, into what, and the first line that tells it.
    let log_line = "main: import \"a:b/c\" \"log\"";
    found(log, &log.replace("\"memory\"", "\"other\""), log_line);
    found(log, &log.replace("utf8", "utf16"), log_line);
    found(elem, "(elem (i32.const 0) func $1 $1 $2 $3)", log_line);
    found(name, &name.replace("cabi_realloc", "cabi_other"), "main: import \"a:b/c\" \"name\"");
    let drop_line = "main: import \"a:b/c\" \"[resource-drop]r\"";
    found("(canon resource.drop $r)", "(canon resource.drop $o)", drop_line);
    let adapter_line = "main: import \"old\" \"f\"";
    found("(export \"3\" (func $adapter \"f\"))", "(export \"3\" (func $adapter \"g\"))", adapter_line);
    found("(export \"3\" (func $adapter \"f\"))", "(export \"3\" (func $main \"hook\"))", adapter_line);
    found(elem, "(elem (i32.const 0) func $0 $1 $3 $2)", adapter_line);
    found(elem, "(elem (i32.const 0) func $0 $1 $2)", adapter_line);
    let memory = "(export \"memory\" (memory $main \"memory\"))";
    found(memory, &memory.replace("$main \"memory\"", "$main \"other\""), "old: import \"env\" \"memory\"");
    found("(dtor (core func $dtor))", "", "resource own own.o");
    found("(func $main \"own#[dtor]o\")", "(func $main \"hook\")", "resource own own.o");
    found("(core func $fixup \"hooked\")", "(core func $main \"run\")", "export own#run");
    found("i32.const 0 call $hook", "i32.const 2 call $hook", "export own#run");
    found("call $run i32.const 1 call $hook", "call $run", "export own#run");
    found("local.get 0 local.get 1 call $run", "local.get 1 local.get 0 call $run", "export own#run");
    found("(post-return (core func $main \"cabi_post_run\"))", "", "export own#run");
    found("call $initialize call $second", "call $second call $initialize", "start");
    found("call $initialize call $second", "call $initialize", "start");
    found("\n    (start $start))", ")", "start");
}

fn found(from: &str, to: &str, line: &str) {
    let found = difference(&changed(from, to)).unwrap_or_else(|| panic!("not found: {from} => {to}"));
    assert_eq!(found.lines().next(), Some(line), "{from} => {to}\n{found}");
}
