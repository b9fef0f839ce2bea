//! Random values of random types through a guest: what WAVE or JSON says goes in and comes out again.

#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm, reason = "helpers of tests fail as tests do")]

mod support;

use std::fmt::Write;
use std::sync::Arc;

use diag::Source;
use testing::seeds::{self, Random};
use verify::session::{Expr, Literal, Mocks, Notation, Scope};
use verify::value::{Data, Value, json};
use verify::{Called, Grants, Input, Limits, Output, Program, Session, Setup, Stdio, Stub};
use withe_verify as verify;

/// A component with `echo: func(x: list<T>) -> list<T>`, for a type in the text format and what it needs before it.
fn echo(definitions: &str, ty: &str) -> Vec<u8> {
    let text = format!(
        r#"(component
  (core module $m
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 64))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (global.set $next (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (local.set $at (global.get $next))
      (global.set $next (i32.add (global.get $next) (local.get 3)))
      (if (i32.gt_u (global.get $next) (i32.shl (memory.size) (i32.const 16)))
        (then
          (drop (memory.grow (i32.add (i32.const 1) (i32.shr_u (local.get 3) (i32.const 16)))))))
      (local.get $at))
    (func (export "echo") (param i32 i32) (result i32)
      (i32.store (i32.const 0) (local.get 0))
      (i32.store (i32.const 4) (local.get 1))
      (i32.const 0)))
  (core instance $i (instantiate $m))
  (alias core export $i "memory" (core memory $memory))
  (alias core export $i "realloc" (core func $realloc))
{definitions}
  (type $list (list {ty}))
  (func (export "echo") (param "x" $list) (result $list)
    (canon lift (core func $i "echo") (memory $memory) (realloc (core func $realloc)))))"#
    );
    wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Makes types, and values of them as WAVE.
struct Maker<'r> {
    random: &'r mut Random,
    definitions: String,
    named: usize,
}

/// A random type.
#[derive(Clone, Debug)]
enum Ty {
    Plain(&'static str),
    List(Box<Ty>),
    Fixed(Box<Ty>, usize),
    Map(&'static str, Box<Ty>),
    Tuple(Vec<Ty>),
    Option(Box<Ty>),
    Result(Option<Box<Ty>>, Option<Box<Ty>>),
    Record(usize, Vec<(String, Ty)>),
    Variant(usize, Vec<(String, Option<Ty>)>),
    Enum(usize, Vec<String>),
    Flags(usize, Vec<String>),
}

const PLAIN: [&str; 13] =
    ["bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "float32", "float64", "char", "string"];

/// Labels, words of WAVE among them.
const LABELS: [&str; 10] = ["a", "b-c", "some", "none", "ok", "err", "true", "nan", "inf", "x1"];

impl Maker<'_> {
    fn below(&mut self, limit: usize) -> usize {
        self.random.below(limit)
    }

    fn labels(&mut self, least: usize) -> Vec<String> {
        let count = least + self.below(4);
        let start = self.below(LABELS.len());
        (0..count).map(|n| LABELS[(start + n) % LABELS.len()].to_owned()).collect()
    }

    fn ty(&mut self, depth: usize) -> Ty {
        if depth == 0 {
            return Ty::Plain(PLAIN[self.below(PLAIN.len())]);
        }
        match self.below(12) {
            0 => Ty::List(Box::new(self.ty(depth - 1))),
            1 => Ty::Fixed(Box::new(self.ty(depth - 1)), 1 + self.below(3)),
            2 => {
                let key = ["u8", "string", "bool", "char", "s64"][self.below(5)];
                Ty::Map(key, Box::new(self.ty(depth - 1)))
            }
            3 => {
                let count = 1 + self.below(4);
                Ty::Tuple((0..count).map(|_| self.ty(depth - 1)).collect())
            }
            4 | 5 => Ty::Option(Box::new(self.ty(depth - 1))),
            6 => Ty::Result(self.maybe(depth), self.maybe(depth)),
            7 => {
                let labels = self.labels(1);
                let fields: Vec<_> = labels.into_iter().map(|label| (label, self.ty(depth - 1))).collect();
                let parts = fields.iter().map(|(name, ty)| format!("(field \"{name}\" {})", text(ty))).collect();
                Ty::Record(self.name("record", parts), fields)
            }
            8 => {
                let labels = self.labels(1);
                let cases: Vec<_> = labels.into_iter().map(|label| (label, self.maybe(depth).map(|ty| *ty))).collect();
                let parts = cases
                    .iter()
                    .map(|(name, ty)| format!("(case \"{name}\" {})", ty.as_ref().map(text).unwrap_or_default()));
                let parts = parts.collect();
                Ty::Variant(self.name("variant", parts), cases)
            }
            9 => {
                let labels = self.labels(1);
                let parts = labels.iter().map(|label| format!("\"{label}\"")).collect();
                Ty::Enum(self.name("enum", parts), labels)
            }
            10 => {
                let labels = self.labels(1);
                let parts = labels.iter().map(|label| format!("\"{label}\"")).collect();
                Ty::Flags(self.name("flags", parts), labels)
            }
            _ => self.ty(0),
        }
    }

    fn maybe(&mut self, depth: usize) -> Option<Box<Ty>> {
        (self.below(3) > 0).then(|| Box::new(self.ty(depth - 1)))
    }

    /// Defines a type that needs a name.
    fn name(&mut self, word: &str, parts: Vec<String>) -> usize {
        self.named += 1;
        let number = self.named;
        let parts = parts.join(" ");
        writeln!(
            self.definitions,
            "  (type $t{number}' ({word} {parts}))\n  (export $t{number} \"t{number}\" (type $t{number}'))"
        )
        .unwrap();
        number
    }

    /// A value of the type, as WAVE.
    fn value(&mut self, ty: &Ty) -> String {
        match ty {
            Ty::Plain(plain) => self.plain(plain),
            Ty::List(ty) => format!("[{}]", self.several(ty)),
            Ty::Fixed(ty, len) => format!("[{}]", (0..*len).map(|_| self.value(ty)).collect::<Vec<_>>().join(", ")),
            Ty::Map(key, ty) => {
                let count = self.below(4);
                let entries = (0..count).map(|_| format!("{}: {}", self.plain(key), self.value(ty)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
            Ty::Tuple(types) => format!("({})", types.iter().map(|ty| self.value(ty)).collect::<Vec<_>>().join(", ")),
            Ty::Option(ty) if self.below(3) > 0 => format!("some({})", self.value(ty)),
            Ty::Option(_) => "none".to_owned(),
            Ty::Result(ok, _) if self.below(2) == 0 => self.case("ok", ok.as_deref()),
            Ty::Result(_, err) => self.case("err", err.as_deref()),
            Ty::Record(_, fields) => {
                let fields = fields.iter().map(|(name, ty)| format!("{name}: {}", self.value(ty)));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
            }
            Ty::Variant(_, cases) => {
                let (name, ty) = &cases[self.below(cases.len())];
                self.case(&format!("%{name}"), ty.as_ref())
            }
            Ty::Enum(_, cases) => format!("%{}", cases[self.below(cases.len())]),
            Ty::Flags(_, flags) => {
                let set: Vec<String> =
                    flags.iter().filter(|_| self.random.below(2) == 0).map(|flag| format!("%{flag}")).collect();
                format!("{{{}}}", set.join(", "))
            }
        }
    }

    fn several(&mut self, ty: &Ty) -> String {
        let count = self.below(4);
        (0..count).map(|_| self.value(ty)).collect::<Vec<_>>().join(", ")
    }

    fn case(&mut self, name: &str, ty: Option<&Ty>) -> String {
        match ty {
            Some(ty) => format!("{name}({})", self.value(ty)),
            None => name.to_owned(),
        }
    }

    fn plain(&mut self, ty: &str) -> String {
        const CHARS: [char; 12] =
            ['a', '\'', '"', '\\', '\n', '\t', '\0', '\u{7f}', '\u{e9}', '\u{301}', '\u{1f600}', '\u{10ffff}'];
        let bits = self.random.next_u64();
        let [b0, b1, b2, b3, ..] = bits.to_le_bytes();
        match ty {
            "bool" => (bits & 1 == 1).to_string(),
            "s8" => b0.cast_signed().to_string(),
            "u8" => b0.to_string(),
            "s16" => i16::from_le_bytes([b0, b1]).to_string(),
            "u16" => u16::from_le_bytes([b0, b1]).to_string(),
            "s32" => i32::from_le_bytes([b0, b1, b2, b3]).to_string(),
            "u32" => u32::from_le_bytes([b0, b1, b2, b3]).to_string(),
            "s64" => bits.cast_signed().to_string(),
            "u64" => bits.to_string(),
            "float32" => Data::F32(f32::from_le_bytes([b0, b1, b2, b3])).to_string(),
            "float64" => match bits % 5 {
                0 => ["nan", "inf", "-inf", "-0", "1e300"][self.below(5)].to_owned(),
                _ => Data::F64(f64::from_bits(self.random.next_u64())).to_string(),
            },
            "char" => Data::Char(CHARS[self.below(CHARS.len())]).to_string(),
            _ => {
                let count = self.below(6);
                Data::String((0..count).map(|_| CHARS[self.below(CHARS.len())]).collect()).to_string()
            }
        }
    }
}

/// The type in the text format.
fn text(ty: &Ty) -> String {
    let optional = |word: &str, ty: &Option<Box<Ty>>| match ty {
        Some(ty) if word.is_empty() => text(ty),
        Some(ty) => format!("({word} {})", text(ty)),
        None => String::new(),
    };
    match ty {
        Ty::Plain("float32") => "f32".to_owned(),
        Ty::Plain("float64") => "f64".to_owned(),
        Ty::Plain(plain) => (*plain).to_owned(),
        Ty::List(ty) => format!("(list {})", text(ty)),
        Ty::Fixed(ty, len) => format!("(list {} {len})", text(ty)),
        Ty::Map(key, ty) => format!("(map {key} {})", text(ty)),
        Ty::Tuple(types) => format!("(tuple {})", types.iter().map(text).collect::<Vec<_>>().join(" ")),
        Ty::Option(ty) => format!("(option {})", text(ty)),
        Ty::Result(ok, err) => format!("(result {} {})", optional("", ok), optional("error", err)),
        Ty::Record(number, _) | Ty::Variant(number, _) | Ty::Enum(number, _) | Ty::Flags(number, _) => {
            format!("$t{number}")
        }
    }
}

fn start(bytes: Vec<u8>) -> Session {
    let limits = Limits::default();
    let stdio = Stdio { stdin: Input::Closed, stdout: Output::memory(), stderr: Output::memory() };
    let program = Program::load("echo.wasm", bytes.into(), &limits).expect("the component is valid");
    let setup = Setup {
        grants: &Grants::default(),
        limits: &limits,
        stdio: &stdio,
        stub: Stub::Refuse,
        mocks: &Mocks::default(),
    };
    program.start(&setup).expect("it has no imports")
}

#[track_caller]
fn value_of(session: &mut Session, text: &str, json: bool) -> Value {
    let source = Arc::new(Source::new("<expression>", text));
    let expr = match json {
        true => Expr::parse_json(&source, Notation::PLAIN),
        false => Expr::parse(&source, Notation::PLAIN),
    };
    let expr = Arc::new(expr.unwrap_or_else(|error| panic!("{text}: {error:#?}")));
    let typed = session.check(&expr, &mut Scope::default()).unwrap_or_else(|errors| panic!("{text}: {errors:#?}"));
    match session.call(&typed, &mut Scope::default()) {
        Called::Value(value) => value,
        other => panic!("{text}: {other:#?}"),
    }
}

#[test]
fn fuzz_values_pass_through_a_guest() {
    seeds::check("fuzz_values_pass_through_a_guest", 60, |random| {
        let mut maker = Maker { random, definitions: String::new(), named: 0 };
        let ty = maker.ty(3);
        let given = format!("[{}, {}]", maker.value(&ty), maker.value(&ty));
        let mut session = start(echo(&maker.definitions, &text(&ty)));

        let value = value_of(&mut session, &format!("echo({given})"), false);
        let source = Arc::new(Source::new("<value>", given.clone()));
        let literal = Literal::parse(&source, Notation::PLAIN).unwrap();
        let read = literal.read(&value.ty, &mut Scope::default()).unwrap();
        assert_eq!(read, value, "{given} came back as {value}");
        assert_eq!(read.to_string(), value.to_string(), "{given}");

        // What is printed is read as the same value.
        let again = value_of(&mut session, &format!("echo({value})"), false);
        assert_eq!(again.to_string(), value.to_string());

        let written = json::write(&value.data);
        let from_json = value_of(&mut session, &format!("echo({written})"), true);
        assert_eq!(from_json.to_string(), value.to_string(), "through {written}");
        assert_eq!(json::write(&from_json.data), written);
    });
}

/// Text made of pieces of values is a value of the type or refused in its place; nothing panics.
#[test]
fn fuzz_garbage_is_no_value() {
    const PIECES: [&str; 34] = [
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        ":",
        ",",
        "\"",
        "'",
        "\\",
        "\"a\"",
        "'a'",
        "1",
        "-1",
        "1e400",
        "nan",
        "some(",
        "none",
        "ok(",
        "err",
        "true",
        "%true",
        "a",
        "b-c",
        "stream(",
        "future(",
        "error-context(",
        "@",
        "@x",
        "_",
        "\u{e9}",
        "//",
        "\"\"\"",
    ];
    seeds::check("fuzz_garbage_is_no_value", 25, |random| {
        let mut maker = Maker { random, definitions: String::new(), named: 0 };
        let ty = maker.ty(2);
        let session = start(echo(&maker.definitions, &text(&ty)));
        for _ in 0..60 {
            let mut garbage = maker.value(&ty);
            for _ in 0..1 + maker.below(4) {
                let mut at = maker.below(garbage.len() + 1);
                while !garbage.is_char_boundary(at) {
                    at -= 1;
                }
                garbage.insert_str(at, PIECES[maker.below(PIECES.len())]);
            }
            for json in [false, true] {
                let source = Arc::new(Source::new("<expression>", format!("echo([{garbage}])")));
                let notation = Notation { files: Some(&|_| Ok(b"[1]".to_vec())), patterns: !json };
                let expr = match json {
                    true => Expr::parse_json(&source, notation),
                    false => Expr::parse(&source, notation),
                };
                let errors = match expr {
                    Ok(expr) => session.check(&Arc::new(expr), &mut Scope::default()).err().unwrap_or_default(),
                    Err(error) => vec![error],
                };
                for error in errors {
                    assert!(!error.labels.is_empty(), "{garbage}: {error:#?}");
                }
            }
        }
    });
}

/// The printed example of every function is well typed, handles and all.
#[test]
fn examples_of_signatures_fit() {
    for name in ["calc.wat", "async.wat", "two.wat"] {
        let limits = Limits::default();
        let stdio = Stdio { stdin: Input::Closed, stdout: Output::memory(), stderr: Output::memory() };
        let program = Program::load(name, support::fixture(name).into(), &limits).unwrap();
        let setup = Setup {
            grants: &Grants::default(),
            limits: &limits,
            stdio: &stdio,
            stub: Stub::Trap,
            mocks: &Mocks::default(),
        };
        let session = program.start(&setup).unwrap();
        let shown = program.show_all();
        assert!(!shown.is_empty());
        for function in shown {
            assert!(!function.example.is_empty(), "{name}: {}", function.signature);
            let mut scope = Scope::default();
            for line in &function.example {
                let source = Arc::new(Source::new("<example>", line.clone()));
                let expr = Arc::new(Expr::parse(&source, Notation::PLAIN).unwrap());
                session.check(&expr, &mut scope).unwrap_or_else(|errors| panic!("{line}: {errors:#?}"));
            }
        }
    }
}
