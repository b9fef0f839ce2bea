//! Random values of random types come back as they were: from the runtime to a component in Go, which hands them on to
//! one in Rust and answers what that answers. Streams of them are read and written by Go itself.
//!
//! In: numbers. Out: WIT with types and functions, the two components in one, and a `.wave` file of calls that runs.
//! Holds: both sides' bindings lift and lower each value once; at the end nothing is in use on Go's side.

use std::fmt::Write as _;
use std::path::Path;

use testing::go::{Go, On};
use testing::guest::{Guest, Shape, Target};
use testing::seeds::Random;
use testing::{Outcome, Trouble, tool};
use withe::{Exit, Io};

/// Calls of each function.
const CALLS: usize = 4;

/// About how many bytes of text all values have.
const TEXT: usize = 2 << 20;

/// A type of values.
#[derive(Clone, Debug)]
enum Ty {
    Scalar(&'static str),
    List(Box<Ty>),
    FixedList(Box<Ty>, usize),
    /// Of keys that are scalars or strings.
    Map(&'static str, Box<Ty>),
    Option(Box<Ty>),
    Result(Option<Box<Ty>>, Option<Box<Ty>>),
    Tuple(Vec<Ty>),
    Defined(usize),
}

/// A definition; its name is `d` and its place.
#[derive(Clone, Debug)]
enum Definition {
    Alias(Ty),
    /// Fields `x0`, `x1`.
    Record(Vec<Ty>),
    /// Cases `x0`, `x1`.
    Variant(Vec<Option<Ty>>),
    Enum(usize),
    Flags(usize),
}

/// A function that answers its arguments: one as it is, several as a tuple. Its name is `f` and its place.
#[derive(Clone, Debug)]
struct Func {
    is_async: bool,
    params: Vec<Ty>,
}

/// What the world has.
struct Items {
    funcs: Vec<Func>,
    /// What streams carry. The functions, which answer a stream by one with the same values, are `s` and their place.
    streams: Vec<Ty>,
}

struct Maker<'r> {
    random: &'r mut Random,
    definitions: Vec<Definition>,
    /// Bytes of text that are left for values.
    left: usize,
}

const SCALARS: &[&str] =
    &["bool", "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "f32", "f64", "char", "string"];

const KEYS: &[&str] = &["bool", "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "char", "string"];

/// Makes both components in a folder, and calls every function of the world.
pub fn pass_through(folder: &Path, random: &mut Random) -> Outcome {
    let mut maker = Maker { random, definitions: Vec::new(), left: TEXT };
    for _ in 0..4 + maker.random.below(12) {
        let definition = maker.definition();
        maker.definitions.push(definition);
    }
    let funcs = (0..6 + maker.random.below(10)).map(|_| maker.func()).collect();
    let streams = (0..1 + maker.random.below(4)).map(|_| maker.payload()).collect();
    let items = Items { funcs, streams };
    std::fs::write(folder.join("values.wit"), maker.wit(&items))?;
    let calls = maker.calls(&items);
    std::fs::write(folder.join("values.wave"), calls)?;
    in_go(folder, &items)?;
    in_rust(folder, &items.funcs)?;
    withe(folder, "plug go.wasm rust.wasm -o both.wasm")?;
    withe(folder, "test values.wave")
}

fn withe(folder: &Path, words: &str) -> Outcome {
    let mut io = Io::captured(folder);
    let exit = withe::run(["withe"].into_iter().chain(words.split(' ')), &mut io);
    if exit == Exit::OK { Ok(()) } else { Err(Trouble::Failed(format!("{words}: {}", io.stderr.text()))) }
}

impl Maker<'_> {
    fn definition(&mut self) -> Definition {
        let most = if self.random.below(8) == 0 { 20 } else { 4 };
        let count = 1 + self.random.below(most);
        match self.random.below(6) {
            0 => Definition::Alias(self.ty(3)),
            1 | 2 => Definition::Record((0..count).map(|_| self.ty(2)).collect()),
            3 => Definition::Variant((0..count).map(|_| self.maybe(2)).collect()),
            // Discriminants of one and two bytes.
            4 => Definition::Enum(if self.random.below(4) == 0 { 300 } else { count }),
            _ => Definition::Flags(1 + self.random.below(32)),
        }
    }

    fn maybe(&mut self, depth: usize) -> Option<Ty> {
        (self.random.below(3) > 0).then(|| self.ty(depth))
    }

    fn func(&mut self) -> Func {
        let most = if self.random.below(4) == 0 { 12 } else { 3 };
        let params = (0..1 + self.random.below(most)).map(|_| self.ty(3)).collect();
        Func { is_async: self.random.below(4) == 0, params }
    }

    /// A type that is written the same way wherever it is the same; a stream of characters is not valid yet.
    fn payload(&mut self) -> Ty {
        let ty = self.ty(2);
        let ty = self.unaliased(&ty);
        if matches!(ty, Ty::Scalar("char")) { Ty::Scalar("string") } else { ty }
    }

    fn unaliased(&self, ty: &Ty) -> Ty {
        let inner = |ty: &Ty| Box::new(self.unaliased(ty));
        match ty {
            Ty::Scalar(name) => Ty::Scalar(name),
            Ty::List(element) => Ty::List(inner(element)),
            Ty::FixedList(element, len) => Ty::FixedList(inner(element), *len),
            Ty::Map(key, value) => Ty::Map(key, inner(value)),
            Ty::Option(some) => Ty::Option(inner(some)),
            Ty::Result(ok, err) => Ty::Result(ok.as_deref().map(inner), err.as_deref().map(inner)),
            Ty::Tuple(parts) => Ty::Tuple(parts.iter().map(|part| self.unaliased(part)).collect()),
            Ty::Defined(index) => match &self.definitions[*index] {
                Definition::Alias(ty) => self.unaliased(ty),
                Definition::Record(_) | Definition::Variant(_) | Definition::Enum(_) | Definition::Flags(_) => {
                    Ty::Defined(*index)
                }
            },
        }
    }

    fn ty(&mut self, depth: usize) -> Ty {
        if self.random.below(3) == 0 && !self.definitions.is_empty() {
            return Ty::Defined(self.random.below(self.definitions.len()));
        }
        let below = depth.saturating_sub(1);
        match if depth == 0 { 0 } else { self.random.below(9) } {
            0 | 1 => Ty::Scalar(self.random.pick::<&str>(SCALARS)),
            2 | 3 => Ty::List(Box::new(self.ty(below))),
            4 => Ty::FixedList(Box::new(self.ty(below)), 1 + self.random.below(5)),
            5 => Ty::Map(self.random.pick::<&str>(KEYS), Box::new(self.ty(below))),
            6 => Ty::Option(Box::new(self.ty(below))),
            7 => Ty::Result(self.maybe(below).map(Box::new), self.maybe(below).map(Box::new)),
            _ => Ty::Tuple((0..1 + self.random.below(4)).map(|_| self.ty(below)).collect()),
        }
    }

    fn wit(&self, items: &Items) -> String {
        let mut out = "package vals:echo;\n\ninterface types {\n".to_owned();
        for (index, definition) in self.definitions.iter().enumerate() {
            let _ = writeln!(out, "  {}", definition.wit(index));
        }
        let names: Vec<String> = (0..self.definitions.len()).map(|index| format!("d{index}")).collect();
        let names = names.join(", ");
        let _ = write!(out, "}}\n\ninterface api {{\n  use types.{{{names}}};\n");
        for (index, func) in items.funcs.iter().enumerate() {
            let params: Vec<String> =
                func.params.iter().enumerate().map(|(at, ty)| format!("a{at}: {}", ty.wit())).collect();
            let word = if func.is_async { "async func" } else { "func" };
            let _ = writeln!(out, "  f{index}: {word}({}) -> {};", params.join(", "), func.result().wit());
        }
        let _ = write!(out, "}}\n\ninterface streams {{\n  use types.{{{names}}};\n");
        for (index, payload) in items.streams.iter().enumerate() {
            let payload = payload.wit();
            let _ = writeln!(out, "  s{index}: async func(a0: stream<{payload}>) -> stream<{payload}>;");
        }
        out += "}\n\nworld proxy { import api; export api; export streams; export used: func() -> u32; }\n\n";
        out + "world echo { export api; }\n"
    }

    /// The `.wave` file.
    fn calls(&mut self, items: &Items) -> String {
        let mut out = "component \"both.wasm\";\nlimit timeout \"120s\";\n\ntest \"values\" {\n".to_owned();
        for (index, func) in items.funcs.iter().enumerate() {
            for _ in 0..CALLS {
                let values: Vec<String> = func.params.iter().map(|ty| self.value(ty, 0)).collect();
                let args = values.join(", ");
                let result = if values.len() == 1 { args.clone() } else { format!("({args})") };
                let _ = writeln!(out, "  f{index}({args}) == {result};");
            }
        }
        for (index, payload) in items.streams.iter().enumerate() {
            for _ in 0..CALLS {
                let len = self.length(0);
                let values = self.list(payload, len, 0);
                let _ = writeln!(out, "  s{index}(stream({values})) == stream({values});");
            }
        }
        out + "  used() == 0;\n}\n"
    }

    fn value(&mut self, ty: &Ty, depth: usize) -> String {
        match ty {
            Ty::Scalar(name) => self.scalar(name),
            Ty::List(element) => {
                let len = self.length(depth);
                self.list(element, len, depth)
            }
            Ty::FixedList(element, len) => {
                let parts: Vec<String> = (0..*len).map(|_| self.value(element, depth + 1)).collect();
                format!("[{}]", parts.join(", "))
            }
            Ty::Map(key, value) => self.map(key, value, depth),
            Ty::Option(_) if self.random.below(3) == 0 => "none".to_owned(),
            Ty::Option(some) => format!("some({})", self.value(some, depth + 1)),
            Ty::Result(ok, err) => {
                let (case, payload) = if self.random.below(2) == 0 { ("ok", ok) } else { ("err", err) };
                self.with_payload(case, payload.as_deref(), depth)
            }
            Ty::Tuple(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.value(part, depth + 1)).collect();
                format!("({})", parts.join(", "))
            }
            Ty::Defined(index) => {
                let definition = self.definitions[*index].clone();
                self.defined(&definition, depth)
            }
        }
    }

    fn defined(&mut self, definition: &Definition, depth: usize) -> String {
        match definition {
            Definition::Alias(ty) => self.value(ty, depth),
            Definition::Record(fields) => {
                let fields = fields.iter().enumerate().map(|(at, ty)| format!("x{at}: {}", self.value(ty, depth + 1)));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
            }
            Definition::Variant(cases) => {
                let case = self.random.below(cases.len());
                self.with_payload(&format!("x{case}"), cases[case].as_ref(), depth)
            }
            Definition::Enum(cases) => format!("x{}", self.random.below(*cases)),
            Definition::Flags(flags) => {
                let set: Vec<String> =
                    (0..*flags).filter(|_| self.random.below(2) == 0).map(|at| format!("x{at}")).collect();
                format!("{{{}}}", set.join(", "))
            }
        }
    }

    fn with_payload(&mut self, case: &str, payload: Option<&Ty>, depth: usize) -> String {
        match payload {
            Some(ty) => format!("{case}({})", self.value(ty, depth + 1)),
            None => case.to_owned(),
        }
    }

    /// How many elements a list has: few, but for some that stand alone, which are blocks of Go's heap.
    fn length(&mut self, depth: usize) -> usize {
        match self.random.below(12) {
            0 => 0,
            1 if depth == 0 => 1000 + self.random.below(4000),
            _ if self.left == 0 => 1,
            _ => self.random.below(if depth < 2 { 5 } else { 3 }),
        }
    }

    /// That many elements, or fewer where the text would become too long.
    fn list(&mut self, element: &Ty, len: usize, depth: usize) -> String {
        let mut parts: Vec<String> = Vec::new();
        while parts.len() < len && (parts.len() < 2 || self.left > 0) {
            parts.push(self.value(element, depth + 1));
        }
        format!("[{}]", parts.join(", "))
    }

    /// Entries with keys that differ.
    fn map(&mut self, key: &str, value: &Ty, depth: usize) -> String {
        let mut keys: Vec<String> = Vec::new();
        for _ in 0..self.length(depth).min(200) {
            let key = self.scalar(key);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let entries: Vec<String> =
            keys.into_iter().map(|key| format!("({key}, {})", self.value(value, depth + 1))).collect();
        format!("[{}]", entries.join(", "))
    }

    fn scalar(&mut self, name: &str) -> String {
        let text = self.any_scalar(name);
        self.left = self.left.saturating_sub(text.len());
        text
    }

    fn any_scalar(&mut self, name: &str) -> String {
        let random = self.random.next_u64();
        // Small numbers, large ones, and those at both ends.
        let bits = match self.random.below(4) {
            0 => random % 10,
            1 => 0,
            2 => u64::MAX >> 1,
            _ => random,
        };
        match name {
            "bool" => (bits % 2 == 0).to_string(),
            "u8" => (bits as u8).to_string(),
            "s8" => (random as i8).to_string(),
            "u16" => (bits as u16).to_string(),
            "s16" => (random as i16).to_string(),
            "u32" => (bits as u32).to_string(),
            "s32" => (random as i32).to_string(),
            "u64" => bits.to_string(),
            "s64" => if self.random.below(8) == 0 { i64::MIN } else { random as i64 }.to_string(),
            "f32" => float(f64::from(f32::from_bits(random as u32)), f32::from_bits(random as u32).to_string()),
            "f64" => float(f64::from_bits(random), f64::from_bits(random).to_string()),
            "char" => format!("'{}'", self.character()),
            _ => self.string(),
        }
    }

    /// A character as it stands between quotation marks, of any length in UTF-8.
    fn character(&mut self) -> String {
        let code = match self.random.below(5) {
            0 => return (*self.random.pick(&["\\n", "\\t", "\\r", "\\\\", "\\'", "\\\"", "\\u{0}"])).to_owned(),
            1 | 2 => 0x61 + self.random.below(26),
            3 => 0xa1 + self.random.below(0x500),
            _ => self.random.below(0x11_0000),
        };
        let code = u32::try_from(code).unwrap_or_default();
        // Half of a pair stands for no character.
        char::from_u32(code).map_or_else(|| "x".to_owned(), |c| format!("\\u{{{:x}}}", u32::from(c)))
    }

    fn string(&mut self) -> String {
        let len = match self.random.below(24) {
            0 if self.left > TEXT / 4 => 33_000 + self.random.below(9000),
            1 => 0,
            _ => self.random.below(20),
        };
        let text: String =
            if len > 100 { "long, ".repeat(len / 6) } else { (0..len).map(|_| self.character()).collect() };
        format!("\"{text}\"")
    }
}

fn float(wide: f64, text: String) -> String {
    if wide.is_nan() { "nan".to_owned() } else { text }
}

impl Func {
    fn result(&self) -> Ty {
        match self.params.as_slice() {
            [one] => one.clone(),
            several => Ty::Tuple(several.to_vec()),
        }
    }

    /// Its arguments as Go and Rust have them.
    fn args(&self) -> String {
        (0..self.params.len()).map(|at| format!("a{at}")).collect::<Vec<_>>().join(", ")
    }
}

impl Ty {
    fn wit(&self) -> String {
        match self {
            Self::Scalar(name) => (*name).to_owned(),
            Self::List(element) => format!("list<{}>", element.wit()),
            Self::FixedList(element, len) => format!("list<{}, {len}>", element.wit()),
            Self::Map(key, value) => format!("map<{key}, {}>", value.wit()),
            Self::Option(some) => format!("option<{}>", some.wit()),
            Self::Result(None, None) => "result".to_owned(),
            Self::Result(Some(ok), None) => format!("result<{}>", ok.wit()),
            Self::Result(None, Some(err)) => format!("result<_, {}>", err.wit()),
            Self::Result(Some(ok), Some(err)) => format!("result<{}, {}>", ok.wit(), err.wit()),
            Self::Tuple(parts) => format!("tuple<{}>", parts.iter().map(Self::wit).collect::<Vec<_>>().join(", ")),
            Self::Defined(index) => format!("d{index}"),
        }
    }
}

impl Definition {
    fn wit(&self, index: usize) -> String {
        let labels = |count: usize| (0..count).map(|at| format!("x{at}")).collect::<Vec<_>>().join(", ");
        match self {
            Self::Alias(ty) => format!("type d{index} = {};", ty.wit()),
            Self::Record(fields) => {
                let fields = fields.iter().enumerate().map(|(at, ty)| format!("x{at}: {}", ty.wit()));
                format!("record d{index} {{ {} }}", fields.collect::<Vec<_>>().join(", "))
            }
            Self::Variant(cases) => {
                let cases = cases.iter().enumerate().map(|(at, ty)| match ty {
                    Some(ty) => format!("x{at}({})", ty.wit()),
                    None => format!("x{at}"),
                });
                format!("variant d{index} {{ {} }}", cases.collect::<Vec<_>>().join(", "))
            }
            Self::Enum(cases) => format!("enum d{index} {{ {} }}", labels(*cases)),
            Self::Flags(flags) => format!("flags d{index} {{ {} }}", labels(*flags)),
        }
    }
}

/// A stream's values, some at a time.
const RELAY: &str = "package main

import \"guest/wit\"

func relay[T any](from *wit.StreamReader[T], to *wit.StreamWriter[T]) {
	defer to.Close()
	defer from.Close()
	part := make([]T, 7)
	for {
		n, err := from.Read(part)
		if err != nil {
			return
		}
		if _, err := to.Write(part[:n]); err != nil {
			panic(err)
		}
	}
}
";

/// The stubs of the world `proxy`, in which every function calls the imported one, or hands a stream on.
fn in_go(folder: &Path, items: &Items) -> Outcome {
    withe(folder, "bindgen go values.wit -w proxy -o go --module guest --stubs")?;
    let path = folder.join("go/main.go");
    let mut text = testing::read_text(&path)?;
    let makers = testing::read_text(&folder.join("go/exports/vals/echo/streams/streams.go"))?;
    for index in 0..items.streams.len() {
        let maker = maker(&text, &makers, index).ok_or_else(|| format!("no maker for the stream of s{index}"))?;
        let body = format!("w, r := made.{maker}()\n\tgo relay(a0, w)\n\treturn r");
        text = text.replace(&format!("panic(\"to do: S{index}\")"), &body);
    }
    for (index, func) in items.funcs.iter().enumerate() {
        text = text.replace(&format!("panic(\"to do: F{index}\")"), &format!("return api.F{index}({})", func.args()));
    }
    let used = "used := rt.Used()\n\treturn uint32(used.Live + used.Chunks + used.Blocks)";
    text = text.replace("panic(\"to do: Used\")", used);
    let imports = "package main\n\nimport (\n\tmade \"guest/exports/vals/echo/streams\"\n\t\"guest/internal/rt\"\n\t\
                   api \"guest/vals/echo/api\"\n)\n";
    std::fs::write(&path, text.replacen("package main\n", imports, 1))?;
    std::fs::write(folder.join("go/relay.go"), RELAY)?;
    let module = folder.join("go");
    let mut build = Go::Machine.command(&module, On::Wasm)?;
    tool::run(build.args(["build", "-buildmode=c-shared", "-o", "core.wasm", "."]))?;
    withe(folder, "wrap go/core.wasm -o go.wasm")
}

/// The function that makes a stream as `s` and its index gives it back.
fn maker<'m>(stubs: &str, makers: &'m str, index: usize) -> Option<&'m str> {
    // `D3]`, at the end of the line, as the package itself writes it.
    let reader = |line: &str| {
        let (_, payload) = line.rsplit_once("*wit.StreamReader[")?;
        Some(payload.trim_end_matches([' ', ')', '{']).replace("streams.", ""))
    };
    let wanted = reader(stubs.lines().find(|line| line.contains(&format!(" S{index}(")))?)?;
    let mut all = makers.lines().filter(|line| line.starts_with("func NewStream"));
    let found = all.find(|line| reader(line).as_ref() == Some(&wanted))?;
    found.strip_prefix("func ")?.split('(').next()
}

/// The stubs of the world `echo`, in which every function answers its arguments.
fn in_rust(folder: &Path, funcs: &[Func]) -> Outcome {
    withe(folder, "bindgen rust values.wit -w echo -o rust --stubs")?;
    let path = folder.join("rust/src/lib.rs");
    let text = testing::read_text(&path)?;
    let mut parts = text.split("todo!()");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for (func, rest) in funcs.iter().zip(parts) {
        let args = func.args();
        filled += &if func.params.len() == 1 { args } else { format!("({args})") };
        filled += rest;
    }
    std::fs::write(&path, filled)?;
    let mut guest = Guest::new(&path, Target::Unknown, Shape::Library);
    guest.flags = vec!["-Copt-level=0"];
    let core = guest.compile("fuzz-go-values")?;
    withe(folder, &format!("wrap {} -o rust.wasm", core.display()))
}
