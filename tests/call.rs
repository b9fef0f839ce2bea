//! `withe call`, in process: results as WAVE, and every way in which an expression can be wrong.
#![expect(clippy::disallowed_methods, reason = "tests write the files that calls name")]

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
        &["call", "calc.wat", "let counter = new counter(1)", "let d = counter.make(2, 2)", "counter.inc()", "d.inc()"],
        &["call", "calc.wat", "let p = mirror({x: 1})", "mirror(p)"],
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
        &["call", "calc.wat", "new counter()", "nothing(1)", "area(rect)", "area(nothing(1))", "next(green(1))"],
        &["call", "calc.wat", "mirror({x: 1, lable: \"a\"})", "mirror({xx: 1})"],
    ]));
}

#[test]
fn streams_and_futures_are_literals() {
    let _plain = session::plain_snapshots();
    insta::assert_snapshot!(session(&[
        &["call", "async.wat", "sum(stream([1, 2, 3]))", "double(future(21))", "count(4)", "both(2)", "later(1)"],
        &["call", "async.wat", "let s = count(10)", "sum(s)", "let e = excuse()", "same-context(e)"],
        &["call", "async.wat", "sum([1])", "double(future)", "same-ticks(stream([1]))", "same-context(\"why\")"],
        &["call", "async.wat", "endless()"],
        &["call", "async.wat", "never()"],
        &["call", "async.wat", "never()", "--timeout", "2s"],
    ]));
}

#[test]
fn arguments_and_results_are_json() {
    let _plain = session::plain_snapshots();
    insta::assert_snapshot!(session(&[
        &[
            "call",
            "calc.wat",
            "--json",
            "add(1, 2)",
            "echo(\"a\\n\")",
            "mirror({\"x\": 5})",
            "mask([\"write\", \"read\"])"
        ],
        &[
            "call",
            "calc.wat",
            "--json",
            "div(7, 0)",
            "area({\"rect\": [2, 4.5]})",
            "area(\"nothing\")",
            "next(\"green\")"
        ],
        &["call", "calc.wat", "--json", "swap([\"x\", 18446744073709551615])", "echo-list([1, -2.5, \"inf\"])"],
        &["call", "calc.wat", "--json", "let c = new counter(1)", "c.inc()", "sum([{\"handle\": \"c\"}])", "take(c)"],
        &["call", "async.wat", "--json", "sum({\"stream\": [1, 2]})", "promise(3)", "both(1)", "excuse()"],
        &["call", "calc.wat", "--json", "--format", "json", "div(7, 2)"],
        &[
            "call",
            "calc.wat",
            "--json",
            "add(1, true)",
            "mirror({\"x\": 300, \"labl\": \"a\"})",
            "area({\"rect\": [1, \"b\"]})"
        ],
        &["call", "calc.wat", "--json", "add(1, 2", "add(1, 2,)", "echo('a')", "add(x, y)", "mirror({})"],
    ]));
}

#[test]
fn arguments_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in
        [("n.wave", "[1, -2.5]"), ("t.txt", "a\nb"), ("n.json", "[0.1]"), ("bad", "[1,"), ("b", "\u{7}")]
    {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let calls = |component: &str, expression: &str, json: &[&str]| {
        let folder = folder.path().to_str().unwrap();
        let expression = expression.replace('@', &format!("@{folder}/"));
        let ran = run(&[&["call", component, &expression], json].concat());
        (ran.status, ran.stdout, ran.stderr.replace(folder, ""))
    };
    assert_eq!(calls("calc.wat", "echo-list(@n.wave)", &[]).1, "[1, -2.5]\n");
    assert_eq!(calls("calc.wat", "echo(@t.txt)", &[]).1, "\"a\\nb\"\n");
    assert_eq!(calls("calc.wat", "echo(@\"t.txt\")", &[]).0, 1, "the quote belongs around the whole path");
    assert_eq!(calls("calc.wat", "echo-list(@n.json)", &["--json"]).1, "[0.1]\n");
    assert_eq!(calls("async.wat", "same-bytes(@b)", &[]).1, "stream([7])\n");
    let (status, _, said) = calls("calc.wat", "echo-list(@bad)", &[]);
    assert!(status == 1 && said.contains("call/syntax"), "{said}");
    let (status, _, said) = calls("calc.wat", "echo(@none)", &[]);
    assert!(status == 1 && said.contains("input/unreadable-file"), "{said}");
    let quoted = format!("echo(@\"{}/t.txt\")", folder.path().display());
    assert_eq!(run(&["call", "calc.wat", &quoted]).stdout, "\"a\\nb\"\n");
}

#[test]
fn signatures_come_with_an_example() {
    let _plain = session::plain_snapshots();
    insta::assert_snapshot!(session(&[
        &["call", "calc.wat", "--type-of", "add", "c.inc(1)", "counter.inc", "new counter", "mirror({x: 1})"],
        &[
            "call",
            "calc.wat",
            "--type-of",
            "add",
            "counter.inc",
            "new counter",
            "counter.make",
            "take",
            "area",
            "swap(1)"
        ],
        &["call", "calc.wat", "let counter1 = new counter(1)", "counter1.inc()"],
        &["call", "async.wat", "--type-of"],
        &["call", "calc.wat", "--type-of", "local:calc/ops#add", "--format", "json"],
        &["call", "calc.wat", "--type-of", "--json"],
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
        &["call", "billion.wat", "f()"],
        &["call", "calc.wat", "let c = counter.make(0, 1)", "c.inc()"],
        &["call", "unmet.wat", "answer()"],
        &["call", "unmet.wat", "answer()", "note()", "--stub", "trap"],
        &["run", "hello-stub.wat", "--stub", "trap"],
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

/// Names as languages spell them, and resources that are called as functions are.
#[test]
fn other_spellings_find_their_function() {
    for (expression, meant) in [
        ("echoList([])", "echo-list"),
        ("echo_list([])", "echo-list"),
        ("Echo_List([])", "echo-list"),
        ("counter(41)", "new counter"),
        ("Counter(41)", "new counter"),
        ("ops#Counter(41)", "new local:calc/ops@1.2.0#counter"),
    ] {
        let session::Ran { status, stderr: err, .. } = run(&["call", "calc.wat", expression]);
        assert_eq!(status, 1);
        assert!(err.contains(&format!("did you mean `{meant}`?")), "{expression}: {err}");
    }
}

#[test]
fn mistakes_in_values_are_said_in_words() {
    for (expression, words) in [
        ("f(NaN)", "write `nan`"),
        ("f(-Infinity)", "write `-inf`"),
        ("f(0xff)", "no hexadecimal"),
        ("f(1_000)", "write `1000`"),
        ("f(+1)", "write `1`"),
        ("f(.5)", "both sides"),
        ("f(007)", "further zeros"),
        ("f(x: 1)", "in braces: `{x: 1}`"),
        ("f({a = 1})", "after `:`"),
        ("f(\"a\\q\")", "unknown escape"),
        ("f(\"abc)", "no closing `\"`"),
        ("f('abc')", "a char is one character"),
        ("f(1,,2)", "expected a value before this `,`"),
        ("f({my_name: 1})", "`my-name`"),
    ] {
        let session::Ran { status, stderr: err, .. } = run(&["call", "calc.wat", expression]);
        assert_eq!(status, 1);
        assert!(err.contains(words), "{expression}: {err}");
    }
    let err = run(&["call", "calc.wat", "--json", "add(1, nix nix)"]).stderr;
    assert!(err.contains("JSON arguments") && !err.contains("WAVE"), "{err}");
}

/// Expressions of random tokens: each ends in a result or in diagnostics, never in a bug.
#[test]
fn random_expressions_never_end_in_a_bug() {
    const TOKENS: &[&str] = &[
        "let ",
        "new ",
        "c",
        "=",
        " = ",
        "add",
        "counter",
        "mirror",
        "next",
        "area",
        "mask",
        "swap",
        "echo",
        "sum",
        ".",
        "#",
        "(",
        ")",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "%",
        "x",
        "label",
        "1",
        "-1",
        "300",
        "1e5",
        "nan",
        "\"a\"",
        "'b'",
        "'",
        "\"",
        "\\",
        "\u{e9}",
        "\u{1f600}",
        "some(",
        "none",
        "ok(",
        "err",
        "true",
        "read",
        "green",
        "square(2)",
        "local:calc/ops@1.2.0#",
        "[method]counter.inc",
        "@",
        "/",
    ];
    let mut state = 1_u64;
    let mut next = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % limit
    };
    let mut statuses = std::collections::BTreeMap::new();
    for _ in 0..60 {
        let expressions: Vec<String> =
            (0..40).map(|_| (0..=next(8)).map(|_| TOKENS[next(TOKENS.len())]).collect()).collect();
        let words: Vec<&str> =
            ["call", "calc.wat", "--"].into_iter().chain(expressions.iter().map(String::as_str)).collect();
        let ran = run(&words);
        assert!(matches!(ran.status, 0 | 1 | 134), "{words:?}: {}\n{}", ran.status, ran.stderr);
        *statuses.entry(ran.status).or_insert(0) += 1;
    }
    assert!(statuses[&1] > 50, "{statuses:?}");
}
