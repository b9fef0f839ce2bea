//! Files as data, and mistakes with their places.

use super::*;
use crate::test::syntax::{CallStep, Expected, How, Step};

fn source(text: &str) -> Arc<Source> {
    Arc::new(Source::new("t.wave", text))
}

fn read(text: &str) -> File {
    parse(&source(text)).unwrap()
}

/// Each mistake as `LINE:COLUMN headline (label)`.
fn mistakes(text: &str) -> Vec<String> {
    let said = |error: &Diagnostic| {
        let Place::Text { source, span } = &error.labels[0].place else { panic!("{error:?}") };
        let at = source.position(span.start);
        format!("{}:{} {} ({})", at.line, at.column, error.headline, error.labels[0].text)
    };
    parse(&source(text)).unwrap_err().iter().map(said).collect()
}

#[test]
fn declarations() {
    let file = read(
        "component \"dir/calc.component.wasm\"; component b = \"b.wat\";\n\
         grant args \"a\" \"b\"; limit timeout \"2s\";\n\
         mock \"local:store/kv\" { get(\"a\", _) -> some(1) then none then traps \"x\"; set(); new b(_) -> traps; }\n\
         mock { log(_); }",
    );
    let components: Vec<_> = file.components.iter().map(|c| (c.name.text.as_str(), c.path.text.as_str())).collect();
    assert_eq!(components, [("calc", "dir/calc.component.wasm"), ("b", "b.wat")]);
    assert_eq!(file.settings[0].values.iter().map(|v| v.text.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!((file.settings[1].kind, file.settings[1].word.text.as_str()), (SettingKind::Limit, "timeout"));
    let lines = &file.mocks[0].lines;
    assert_eq!(lines.iter().map(|l| l.function.text.as_str()).collect::<Vec<_>>(), ["get", "set", "new b"]);
    let patterns: Vec<&str> = lines[0].patterns.iter().map(|p| file.text(&p.span)).collect();
    assert_eq!(patterns, ["\"a\"", "_"]);
    assert_eq!(lines[0].patterns[1].holes, [lines[0].patterns[1].span.start]);
    assert_eq!(file.text(&lines[0].brackets), "(\"a\", _)");
    assert!(matches!(&lines[0].answers[2], Answer::Traps(Some(text)) if text.text == "x"));
    assert!(matches!(&lines[2].answers[0], Answer::Traps(None)));
    assert!(file.mocks[1].interface.is_none());
}

#[test]
fn statements() {
    let file = read(
        "test \"t\" {\n limit fuel \"1\"; mock { log(_); }\n instance other = calc;\n let c = other::new counter(1);\n \
         c.inc() == 2; // two\n a:b/c@1.0.0#[method]d.e(c) != {a: [_, 1], b: ok(_)};\n f() traps \"x\"; g(\";\") exits 3;\n \
         stdout contains \"a\\n\"; stderr == \"\"; calls \"k#get\" == 2;\n stdout(); calls(1); instance(2); limit(); mock();\n}",
    );
    let test = &file.tests[0];
    assert_eq!((test.name.text.as_str(), test.settings.len(), test.mocks.len()), ("t", 1, 1));
    let texts: Vec<&str> = test.steps.iter().map(|step| file.text(step.span())).collect();
    let expected = [
        "other",
        "new counter(1)",
        "c.inc()",
        "a:b/c@1.0.0#[method]d.e(c)",
        "f()",
        "g(\";\")",
        "stdout contains \"a\\n\"",
        "stderr == \"\"",
        "calls \"k#get\" == 2",
        "stdout()",
        "calls(1)",
        "instance(2)",
        "limit()",
        "mock()",
    ];
    assert_eq!(texts, expected);
    let Step::Call(call) = &test.steps[3] else { panic!() };
    let Expected::Unequal(value) = &call.expected else { panic!() };
    assert_eq!((file.text(&value.span), value.holes.len()), ("{a: [_, 1], b: ok(_)}", 2));
    assert!(matches!(&test.steps[6], Step::Stream { how: How::Contains, text, .. } if text.text == "a\n"));
    assert!(matches!(&test.steps[5], Step::Call(CallStep { expected: Expected::Exits(3), .. })));
    let Step::Call(made) = &test.steps[1] else { panic!() };
    assert_eq!(
        (made.binds.as_ref().unwrap().text.as_str(), made.instance.as_ref().unwrap().text.as_str()),
        ("c", "other")
    );
}

#[test]
fn all_mistakes_are_found_at_once() {
    let text = "componet \"a\";\ncomponent x \"a\";\ntest \"a\" {\n  add(1, 2) = 3;\n  add(1, 2 == 3;\n  add(1) == 3\n  add(2) == ;\n  \
                let c = f() == 1;\n  limit time;\n  f() exits 300;\n  grant x \"1\";\n  x == 3;\n}\ntest b { }\ntest \"c\" { }\ntest \"d\" {\n  f();\n";
    let expected = [
        "1:1 expected a declaration (found `componet`)",
        "2:13 expected `=` and the component's path (found `\"a\"`)",
        "4:13 expected `;` (found `=`)",
        "5:6 this bracket is not closed (here)",
        "6:14 expected `;` (here)",
        "7:13 expected a value (found `;`)",
        "8:15 a statement with `let` has no expectation (found `==`)",
        "9:3 settings stand before the first statement of a test (found `limit`)",
        "10:13 expected a status from 0 to 255 (found `300`)",
        "11:3 settings stand before the first statement of a test (found `grant`)",
        "12:5 expected a call, such as `add(1, 2)` (found `==`)",
        "14:6 expected the test's name, such as `\"adds\"`, in quotes (found `b`)",
        "16:10 this bracket is not closed (here)",
    ];
    let found = mistakes(text);
    assert_eq!(found, expected, "{found:#?}");
}

#[test]
fn a_bracket_that_is_not_closed_is_told_before_the_next_test() {
    let text = "mock \"m\" {\n  f() -> 1;\ntest \"a\" {\n  f();\n\ntest \"b\" {\n  f();\n}\n";
    assert_eq!(mistakes(text), ["1:10 this bracket is not closed (here)", "3:10 this bracket is not closed (here)"]);
    assert!(parse(&source("test \"a\" {\n  test();\n}")).is_ok());
}

#[test]
fn literals_without_end_and_deep_brackets() {
    assert_eq!(
        mistakes("component \"a"),
        ["1:11 expected the component's path, in quotes (this literal is not closed)"]
    );
    assert_eq!(mistakes("component \"\\q\";")[0], "1:11 this string cannot be read (found `\"\\q\"`)");
    let deep = format!("test \"a\" {{ f({}1{}); }}", "[".repeat(200), "]".repeat(200));
    assert_eq!(mistakes(&deep), ["1:112 brackets nest more than 100 deep (here)"]);
    assert_eq!(mistakes("test \"a\" { }"), ["1:10 a test needs a statement (here)"]);
    let many = "f() == ;\n".repeat(5000);
    assert_eq!(mistakes(&format!("test \"a\" {{ {many} }}")).len(), MOST_MISTAKES);
}
