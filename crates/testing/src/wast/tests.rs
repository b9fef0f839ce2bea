//! Every form of a script, each value, and the public scripts counted.

use super::*;

const SCRIPT: &str = r#"
(component definition $D (component))
(component instance $i $D)
(component $C)
(invoke "f")
(invoke $i "g" (u8.const 255) (s64.const -9) (f32.const nan) (f64.const -0x0p0) (char.const "'") (str.const "a\"\n\07"))
(assert_return (invoke "h" (list.const) (list.const (bool.const true))) (tuple.const (enum.const "ok") (option.none)))
(assert_return (invoke "h") (record.const (field "a" flags.const "x" "y")))
(assert_return (invoke "h") (result.ok (variant.const "v" (option.some (result.err)))))
(assert_return (invoke "h") (map.const (entry (u8.const 1) (str.const "one"))))
(assert_trap (invoke "t") "unreachable")
(assert_trap (component (core module $m)) "start")
(assert_invalid (component quote "(import \22a\22 (func (type 0)))") "unknown")
(assert_malformed (component quote "(") "unexpected")
(assert_malformed (component binary "\00asm") "unexpected end")
(assert_unlinkable (component (import "x" (func))) "no x")
(register "r" $i)
(module $m (func (export "core")))
(assert_return (invoke $m "core" (i32.const 1)))
"#;

#[test]
fn a_script_is_read_as_commands() {
    let script = parse_script(SCRIPT).unwrap();
    let lines: Vec<usize> = script.commands.iter().map(|command| command.line).collect();
    assert_eq!(lines, [2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 18, 19]);
    let mut count = Count::default();
    script.commands.iter().for_each(|command| count.add(&command.step));
    let expected =
        Count { defined: 3, instances: 3, invokes: 2, returns: 4, traps: 2, invalid: 1, malformed: 2, other: 3 };
    assert_eq!(count, expected);
    let steps: Vec<&Step> = script.commands.iter().map(|command| &command.step).collect();
    assert!(matches!(steps[1], Step::Instance { name: Some(name), of: Some(of) } if name == "i" && of == "D"));
    assert!(matches!(steps[16], Step::Register { name: Some(name), as_name } if name == "i" && as_name == "r"));
    assert!(matches!(steps[19], Step::Other("invoke of a core function")));
}

#[test]
fn values_are_written_as_wave() {
    let script = parse_script(SCRIPT).unwrap();
    let calls = script.commands.iter().filter_map(|command| match &command.step {
        Step::Invoke(call) => Some(call.wave()),
        Step::AssertReturn { call, results } => {
            Some(format!("{} == {}", call.wave(), results.iter().map(Value::wave).collect::<Vec<_>>().join(", ")))
        }
        Step::AssertTrap { doing: Doing::Call(call), message } => Some(format!("{} traps {message}", call.wave())),
        Step::AssertTrap { doing: Doing::Instantiation(_), .. }
        | Step::Define { .. }
        | Step::Instance { .. }
        | Step::Register { .. }
        | Step::AssertInvalid { .. }
        | Step::AssertMalformed { .. }
        | Step::AssertUnlinkable { .. }
        | Step::Other(_) => None,
    });
    let expected = [
        "f()",
        r#"g(255, -9, nan, -0.0, '\'', "a\"\n\u{7}")"#,
        "h([], [true]) == (%ok, none)",
        "h() == {a: {x, y}}",
        "h() == ok(v(some(err)))",
        r#"h() == [(1, "one")]"#,
        "t() traps unreachable",
    ];
    assert_eq!(calls.collect::<Vec<_>>(), expected);
}

#[test]
fn bytes_and_quoted_texts_are_kept() {
    let script = parse_script(SCRIPT).unwrap();
    let wasm = |at: usize| match &script.commands[at].step {
        Step::AssertInvalid { wasm, .. } | Step::AssertMalformed { wasm, .. } | Step::Define { wasm, .. } => wasm,
        other => panic!("{other:?}"),
    };
    assert!(wasm(0).bytes.as_ref().is_ok_and(|bytes| bytes.starts_with(b"\0asm\x0d")) && wasm(0).quoted.is_none());
    assert_eq!(wasm(12).quoted.as_deref(), Some(r#"(component(import "a" (func (type 0))) )"#));
    assert!(wasm(13).bytes.is_err() && wasm(13).quoted.is_some());
    assert!(wasm(14).bytes.as_ref().is_ok_and(|bytes| bytes == b"\0asm"));
    assert_eq!((wasm(0).kind, wasm(17).kind), (Kind::Component, Kind::Module));
}

#[test]
fn a_text_that_is_no_script_has_a_place() {
    assert!(parse_script("(component)\n  (assert_nothing)").unwrap_err().starts_with("2:4: "));
}

/// The public scripts: what they hold is what the tests that run them must account for.
#[test]
fn public_scripts_are_read_whole() {
    let Ok(folder) = crate::conformance::folder("wast") else { return };
    let mut count = Count::default();
    let scripts = scripts(&folder);
    for path in &scripts {
        let script = read_script(path).unwrap_or_else(|trouble| panic!("{trouble}"));
        script.commands.iter().for_each(|command| count.add(&command.step));
    }
    assert_eq!((scripts.len(), count), PUBLIC);
}

/// What stands in the public scripts.
const PUBLIC: (usize, Count) = (
    72,
    Count { defined: 318, instances: 488, invokes: 1, returns: 502, traps: 167, invalid: 385, malformed: 85, other: 0 },
);
