//! Calls of a component that is written by hand, with values of every kind.

mod support;

fn calls(expressions: &[&str]) -> support::Outcome {
    support::calls("calc.wat", expressions)
}

#[test]
fn values_of_every_kind() {
    let cases = [
        ("add(1, 2)", "3"),
        ("local:calc/ops@1.2.0#add(1, 2)", "3"),
        ("local:calc/ops@1.0.0#add(4294967295, 1)", "0"),
        ("local:calc/ops#add(1, 2)", "3"),
        ("div(7, 2)", "ok(3)"),
        ("div(7, 0)", "err(\"divided by zero\")"),
        (r#"echo("tab\t and \"quotes\" \u{1f600}")"#, "\"tab\\t and \\\"quotes\\\" \u{1f600}\""),
        ("echo-list([1, -2.5, inf])", "[1, -2.5, inf]"),
        ("echo-list([])", "[]"),
        ("swap(('x', 18446744073709551615))", "(18446744073709551615, 'x')"),
        ("next(green)", "green"),
        ("next(%none)", "%none"),
        ("mask({write, read})", "{read, write}"),
        ("mask({})", "{}"),
        ("mirror({x: 5, label: some(\"a\")})", "{x: -5, label: some(\"a\")}"),
        ("mirror({label: \"a\", x: 5})", "{x: -5, label: some(\"a\")}"),
        ("mirror({x: 5})", "{x: -5, label: none}"),
        ("area(square(3))", "9"),
        ("area(rect((2, 4)))", "8"),
        ("area(nothing)", "0"),
    ];
    for (expression, expected) in cases {
        let (status, out, diagnostics) =
            calls(&[expression]).unwrap_or_else(|errors| panic!("{expression}: {errors:#?}"));
        assert_eq!((status, out.as_str(), diagnostics.len()), (0, &*format!("{expected}\n"), 0), "{expression}");
    }
}

#[test]
fn expressions_share_one_instance_and_name_handles() {
    let (status, out, _) = calls(&[
        "let c = new counter(1)",
        "let d = counter.make(3, 10)",
        "c.inc()",
        "c.inc()",
        "sum([c, d])",
        "[method]counter.value(d)",
        "counter.value(d)",
        "nothing()",
        "take(c)",
        "drops()",
        "new counter(5)",
        "drops()",
    ])
    .unwrap();
    assert_eq!(out, "2\n3\n33\n30\n30\n3\n1\n<counter>\n2\n");
    assert_eq!(status, 0);
}
