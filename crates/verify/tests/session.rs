//! Sessions: mocks in place of imports, several sessions of one program, what each may pass to another, time limits.

#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm, reason = "helpers of tests fail as tests do")]

mod support;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diag::{Diagnostic, Source};
use verify::session::{Expr, Literal, Mock, Mocks, Notation, Scope};
use verify::value::{Data, Handle};
use verify::{Called, Grants, Input, Limits, Output, Program, Session, Setup, Stdio, Stub};
use withe_verify as verify;

const STORE: &str = "local:store/kv@0.1.0";

fn program(name: &str, limits: &Limits) -> Program {
    Program::load(name, support::fixture(name).into(), limits).unwrap()
}

fn start(program: &Program, limits: &Limits, mocks: &Mocks) -> Result<Session, diag::Diagnostics> {
    let stdio = Stdio { stdin: Input::Closed, stdout: Output::memory(), stderr: Output::memory() };
    program.start(&Setup { grants: &Grants::default(), limits, stdio: &stdio, stub: Stub::Refuse, mocks })
}

fn check(session: &Session, text: &str, scope: &mut Scope) -> Result<verify::session::Typed, Vec<Diagnostic>> {
    let expr = Expr::parse(&Arc::new(Source::new("<expression>", text)), Notation::PLAIN).unwrap();
    session.check(&Arc::new(expr), scope)
}

/// Calls, with one scope for typing and running.
#[track_caller]
fn call(session: &mut Session, text: &str, scope: &mut Scope) -> Called {
    let typed = check(session, text, scope).unwrap_or_else(|errors| panic!("{text}: {errors:#?}"));
    session.call(&typed, scope)
}

#[track_caller]
fn shown(session: &mut Session, text: &str, scope: &mut Scope) -> String {
    match call(session, text, scope) {
        Called::Value(value) => value.to_string(),
        other => panic!("{text}: {other:#?}"),
    }
}

/// Mocks of all that `store.wat` imports, and what they were called with.
fn mocks() -> (Mocks, Arc<Mutex<Vec<String>>>) {
    let log: Arc<Mutex<Vec<String>>> = Arc::default();
    let mut mocks = Mocks::default();
    let mut give = |interface: Option<&str>, name: &str, answer: fn(&[Data]) -> Result<Option<Data>, String>| {
        let (log, called) = (Arc::clone(&log), name.to_owned());
        let mock: Mock = Arc::new(move |args| {
            let number = |data: &Data| match data {
                Data::Handle(handle) => format!("#{}", handle.number().unwrap_or(u32::MAX)),
                other => other.to_string(),
            };
            let args: Vec<String> = args.iter().map(number).collect();
            log.lock().unwrap().push(format!("{called}({})", args.join(", ")));
            answer_of(&args, answer)
        });
        mocks.give(interface, name, mock);
    };
    fn answer_of(args: &[String], answer: fn(&[Data]) -> Result<Option<Data>, String>) -> Result<Option<Data>, String> {
        answer(&args.iter().map(|arg| Data::String(arg.clone())).collect::<Vec<_>>())
    }
    fn text(args: &[Data]) -> String {
        match args.first() {
            Some(Data::String(text)) => text.clone(),
            _ => String::new(),
        }
    }
    give(Some(STORE), "get", |args| match text(args).as_str() {
        "\"seven\"" => Ok(Some(Data::Option(Some(Box::new(Data::U32(7)))))),
        "\"bad\"" => Err("no such key".to_owned()),
        _ => Ok(Some(Data::Option(None))),
    });
    give(Some(STORE), "later", |args| Ok(Some(Data::U32(text(args).parse::<u32>().unwrap() + 1))));
    give(Some(STORE), "[constructor]bucket", |args| {
        Ok(Some(Data::Handle(Handle::mock("bucket", text(args).parse().unwrap()))))
    });
    give(Some(STORE), "[method]bucket.size", |args| Ok(Some(Data::U32(text(args)[1..].parse::<u32>().unwrap() * 10))));
    give(Some(STORE), "[resource-drop]bucket", |_| Ok(None));
    give(None, "note", |_| Ok(None));
    (mocks, log)
}

#[test]
fn mocks_stand_for_imports() {
    let limits = Limits::default();
    let program = program("store.wat", &limits);
    assert!(start(&program, &limits, &Mocks::default()).is_err(), "without mocks its imports are unmet");
    let imports: Vec<String> = program.imports().iter().map(|func| func.name.clone()).collect();
    assert_eq!(imports, ["[constructor]bucket", "[method]bucket.size", "get", "later", "note"]);

    let (mocks, log) = mocks();
    let mut session = start(&program, &limits, &mocks).unwrap();
    let scope = &mut Scope::default();
    assert_eq!(shown(&mut session, "ask(\"seven\")", scope), "7");
    assert_eq!(shown(&mut session, "ask(\"other\")", scope), "0");
    assert_eq!(shown(&mut session, "ask-later(4)", scope), "5");
    assert_eq!(shown(&mut session, "measure(3)", scope), "30");
    let calls: Vec<String> = std::mem::take(&mut *log.lock().unwrap());
    let expected = [
        "get(\"seven\")",
        "note(5)",
        "get(\"other\")",
        "note(5)",
        "later(4)",
        "[constructor]bucket(3)",
        "[method]bucket.size(#3)",
        "[resource-drop]bucket(#3)",
    ];
    assert_eq!(calls, expected);
    let Called::Trapped { reason, diagnostic } = call(&mut session, "ask(\"bad\")", scope) else {
        panic!("a mock's error traps")
    };
    assert_eq!(diagnostic.code.0, "run/trap");
    assert!(reason.contains("no such key") && reason.contains(&format!("{STORE}#get")), "{reason}");
}

#[test]
fn handles_of_mocks_are_named() {
    let limits = Limits::default();
    let (mocks, log) = mocks();
    let mut session = start(&program("store.wat", &limits), &limits, &mocks).unwrap();
    // Typing passes handles on as running does, so each has a scope of its own.
    let (typing, running) = (&mut Scope::default(), &mut Scope::default());
    let mut said = Vec::new();
    for text in ["let b = fetch(4)", "weigh(b)"] {
        let typed = check(&session, text, typing).unwrap();
        said.push(match session.call(&typed, running) {
            Called::Value(value) => value.to_string(),
            other => panic!("{text}: {other:#?}"),
        });
    }
    assert_eq!(said, ["<bucket>", "40"]);
    assert_eq!(check(&session, "weigh(b)", typing).err().unwrap()[0].code.0, "call/consumed");
    assert_eq!(log.lock().unwrap().last().map(String::as_str), Some("[resource-drop]bucket(#4)"));
}

#[test]
fn what_is_not_mocked_of_an_interface_traps() {
    let limits = Limits::default();
    let mut mocks = Mocks::default();
    mocks.give(Some(STORE), "later", Arc::new(|_| Ok(Some(Data::U32(1)))));
    mocks.give(None, "note", Arc::new(|_| Ok(None)));
    let mut session = start(&program("store.wat", &limits), &limits, &mocks).unwrap();
    let scope = &mut Scope::default();
    assert_eq!(shown(&mut session, "ask-later(4)", scope), "1");
    let Called::Trapped { reason, .. } = call(&mut session, "ask(\"seven\")", scope) else {
        panic!("there is no mock of it")
    };
    assert!(reason.contains(&format!("{STORE}#get")), "{reason}");
}

/// A mock that answers with a value of another type is told, not trusted.
#[test]
fn mistyped_answers_trap() {
    let limits = Limits::default();
    let (mut mocks, _) = mocks();
    mocks = {
        let mut wrong = Mocks::default();
        wrong.give(Some(STORE), "later", Arc::new(|_| Ok(Some(Data::String("x".to_owned())))));
        wrong.give(None, "note", Arc::new(|_| Ok(None)));
        drop(mocks);
        wrong
    };
    let mut session = start(&program("store.wat", &limits), &limits, &mocks).unwrap();
    assert!(matches!(call(&mut session, "ask-later(4)", &mut Scope::default()), Called::Trapped { .. }));
}

#[test]
fn sessions_are_apart_and_share_plain_values() {
    let limits = Limits::default();
    let program = program("calc.wat", &limits);
    let mut one = start(&program, &limits, &Mocks::default()).unwrap();
    let mut two = start(&program, &limits, &Mocks::default()).unwrap();
    let scope = &mut Scope::default();
    shown(&mut one, "let c = new counter(1)", scope);
    shown(&mut two, "let d = new counter(5)", scope);
    shown(&mut one, "let p = mirror({x: 3})", scope);
    assert_eq!(shown(&mut one, "c.inc()", scope), "2");
    assert_eq!(shown(&mut two, "d.inc()", scope), "6");
    assert_eq!(shown(&mut two, "mirror(p)", scope), "{x: 3, label: none}");
    let errors = check(&two, "take(c)", scope).err().unwrap();
    assert_eq!(errors[0].code.0, "call/consumed", "{errors:#?}");
    assert!(matches!(call(&mut one, "fail()", scope), Called::Trapped { .. }));
    assert_eq!(shown(&mut two, "d.inc()", scope), "7");
    assert!(matches!(two.end(scope), Called::Nothing));
}

#[test]
fn literals_are_compared_with_results() {
    let limits = Limits::default();
    let mut session = start(&program("calc.wat", &limits), &limits, &Mocks::default()).unwrap();
    let scope = &mut Scope::default();
    let same = |session: &mut Session, call_text: &str, expected: &str| {
        let typed = check(session, call_text, &mut Scope::default()).unwrap();
        let source = Arc::new(Source::new("<expected>", expected));
        let notation = Notation { files: None, patterns: true };
        let expected = Literal::parse(&source, notation).unwrap();
        let expected = expected.read(&typed.result().unwrap(), &mut Scope::default()).unwrap();
        match session.call(&typed, &mut Scope::default()) {
            Called::Value(value) => value == expected,
            other => panic!("{other:?}"),
        }
    };
    assert!(same(&mut session, "div(7, 2)", "ok(3)"));
    assert!(same(&mut session, "div(7, 2)", "3"));
    assert!(same(&mut session, "div(7, 0)", "err(_)"));
    assert!(!same(&mut session, "div(7, 0)", "ok(_)"));
    assert!(same(&mut session, "mirror({x: 1})", "{x: -1, label: _}"));
    assert!(same(&mut session, "mask({read, write})", "{write, read}"));
    assert!(same(&mut session, "echo-list([nan])", "[nan]"));
    assert!(!same(&mut session, "echo-list([1])", "[1, 1]"));
    assert!(matches!(session.end(scope), Called::Nothing));
}

/// One guest that computes for ever ends in time; another, of the same program, does not notice.
#[test]
fn time_limits_are_each_sessions_own() {
    let short = Limits { timeout: Some(Duration::from_millis(200)), ..Limits::default() };
    let long = Limits { timeout: Some(Duration::from_secs(60)), ..Limits::default() };
    let program = program("calc.wat", &short);
    let (mut one, mut two) =
        (start(&program, &short, &Mocks::default()).unwrap(), start(&program, &long, &Mocks::default()).unwrap());
    let began = Instant::now();
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            // Long enough that the first session's interruption falls into it.
            let mut scope = Scope::default();
            while began.elapsed() < Duration::from_millis(600) {
                assert_eq!(shown(&mut two, "add(1, 2)", &mut scope), "3");
            }
        });
        let called = call(&mut one, "spin()", &mut Scope::default());
        let Called::Trapped { diagnostic, .. } = called else { panic!("{called:?}") };
        assert_eq!(diagnostic.code.0, "run/timeout");
        // The time is the session's, so none is left.
        assert!(matches!(call(&mut one, "spin()", &mut Scope::default()), Called::Trapped { .. }));
        other.join().unwrap();
    });
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
