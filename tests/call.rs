//! `withe call`, in process: results as WAVE, and every way in which an expression can be wrong.

mod session;

use session::{run, session};

#[test]
fn results_are_wave() {
    let _plain = session::plain_snapshots();
    insta::assert_snapshot!(session(&[
        &["call", "calc.wat", "add(1, 2)", "local:calc/ops@1.2.0#add(3, 4)", "nothing()", "div(7, 2)", "div(7, 0)"],
        &[
            "call",
            "calc.wat",
            "let c = new counter(1)",
            "let d = counter.make(3, 10)",
            "c.inc()",
            "sum([c, d])",
            "take(c)"
        ],
        &["call", "calc.wat", "mirror({x: -5})", "area(rect((2, 4)))", "mask({write, read})", "swap(('x', 7))"],
    ]));
}

#[test]
fn mistakes_are_placed_inside_the_expression() {
    let _plain = session::plain_snapshots();
    insta::assert_snapshot!(session(&[
        &["call", "calc.wat", "add(1, \"x\")"],
        &["call", "calc.wat", "add(1)"],
        &["call", "calc.wat", "add(1, 2, 3)"],
        &["call", "calc.wat", "add(1, 2", "add"],
        &["call", "calc.wat", "mirror({x: 300, labl: \"a\"})", "next(blue)", "mask({read, wrte})", "area(square)"],
        &["call", "calc.wat", "ad(1, 2)"],
        &["call", "calc.wat", "local:calc/opps#add(1, 2)"],
        &["call", "calc.wat", "c.inc()", "take(c)"],
        &["call", "calc.wat", "let c = new counter(1)", "take(c)", "c.inc()"],
        &["call", "calc.wat", "let c = new counter(1)", "c.incr()"],
        &["call", "calc.wat", "let c = nothing()"],
        &["call", "two.wat", "greet()"],
    ]));
}

#[test]
fn nothing_runs_if_one_expression_does_not_fit() {
    let ran = run(&["call", "calc.wat", "add(1, 2)", "add(1)"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
}

#[test]
fn guests_that_do_not_return() {
    let _plain = session::plain_snapshots();
    insta::assert_snapshot!(session(&[
        &["call", "calc.wat", "add(1, 2)", "fail()"],
        &["call", "calc.wat", "spin()", "--fuel", "1000"],
        &["call", "calc.wat", "spin()", "--timeout", "200ms"],
        &["call", "calc.wat", "grow(1)", "grow(2000)", "--memory", "64MiB"],
        &["call", "calc.wat", "let c = counter.make(0, 1)", "c.inc()"],
        &["call", "unmet.wat", "answer()"],
        &["call", "unmet.wat", "answer()", "note()", "--stub", "trap"],
    ]));
}

#[test]
fn json_has_results_and_findings() {
    let _plain = session::plain_snapshots();
    insta::assert_snapshot!(session(&[
        &["call", "calc.wat", "add(1, 2)", "echo(\"a\")", "--format", "json"],
        &["call", "calc.wat", "add(1, true)", "--format", "json"],
    ]));
}
