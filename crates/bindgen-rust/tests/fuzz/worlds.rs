//! Random worlds as WIT text, with names that options can mean.

use std::fmt::Write;

use testing::seeds::Random;

/// Words that are something in Rust, in Go or in what is generated, and some that are nothing.
const WORDS: &[&str] = &[
    "self",
    "type",
    "async",
    "fn",
    "core",
    "option",
    "string",
    "result",
    "vec",
    "box",
    "drop",
    "clone",
    "default",
    "guest",
    "new",
    "handle",
    "temps",
    "area",
    "value",
    "params",
    "wit-stream",
    "wit-future",
    "wit-async",
    "exports",
    "a",
    "b",
    "a-b",
    "x1",
    "thing",
    "things",
    "error",
    "none",
    "some",
    "ok",
    "err",
    "into",
    "from-handle",
    "rep",
    "r",
    "func",
    "range",
    "chan",
    "package",
    "len",
    "nil",
    "any",
    "init",
    "main",
    "wit",
    "rt",
    "task",
    "context",
    "errors",
    "unsafe",
    "iter",
    "export",
    "set-guest",
    "new-stream",
    "reader",
    "t",
    "v",
    "ctx",
    "id",
    "u-r-l",
    "internal",
    "test",
];

const PRIMITIVES: &[&str] =
    &["bool", "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "f32", "f64", "char", "string", "error-context"];

const KEYS: &[&str] = &["bool", "u8", "s16", "u32", "s64", "char", "string"];

/// A world that loads.
#[derive(Debug, Default)]
pub struct World {
    pub wit: String,
    /// `a:b/i`
    pub interfaces: Vec<String>,
    /// `a:b/i/t`: records, variants and enums.
    pub shapes: Vec<String>,
    /// Bare names.
    pub functions: Vec<String>,
    /// `a:b/i#f`
    pub asynchronous: Vec<String>,
}

/// What an interface or world declares while it is made.
struct Scope<'r> {
    random: &'r mut Random,
    taken: Vec<String>,
    types: Vec<String>,
    resources: Vec<String>,
}

impl World {
    pub fn new(random: &mut Random) -> Self {
        let mut world = Self::default();
        let mut declared: Vec<Vec<String>> = Vec::new();
        for index in 0..1 + random.below(3) {
            let (text, types) = world.interface(random, index, &declared);
            world.wit.push_str(&text);
            world.interfaces.push(format!("a:b/i{index}"));
            declared.push(types);
        }
        let mut body = String::new();
        // What an export uses must not be there both ways, unless all of it is.
        let (imported, verbs) = (random.below(declared.len()), *random.pick(&["import", "export", "import export"]));
        for index in 0..declared.len() {
            let verbs = if index < imported { "import" } else { verbs };
            for verb in verbs.split(' ') {
                let _ = writeln!(body, "  {verb} i{index};");
            }
        }
        let mut scope = Scope { random, taken: vec!["w".to_owned()], types: Vec::new(), resources: Vec::new() };
        for verb in ["import", "export"] {
            for _ in 0..scope.random.below(3) {
                let (name, text) = scope.function();
                let _ = writeln!(body, "  {verb} {text};");
                world.functions.push(name);
            }
        }
        world.wit = format!("package a:b;\n\n{}world w {{\n{body}}}\n", world.wit);
        world
    }

    /// As `new`, with types that the world declares by itself, and interfaces that stand in it.
    pub fn with_own_items(random: &mut Random) -> Self {
        let mut world = Self::new(random);
        let taken = world.functions.iter().cloned().chain(["w".to_owned()]).collect();
        let mut scope = Scope { random, taken, types: Vec::new(), resources: Vec::new() };
        let mut body = String::new();
        for _ in 0..scope.random.below(4) {
            let (name, text, _) = scope.definition();
            let _ = writeln!(body, "  {text}");
            scope.types.push(name);
        }
        for verb in ["import", "export"] {
            for _ in 0..scope.random.below(3) {
                let (_, text) = scope.function();
                let _ = writeln!(body, "  {verb} {text};");
            }
            if scope.random.below(2) == 0 {
                let name = scope.name();
                let (text, _) = world.interface(scope.random, 9, &[]);
                let _ = writeln!(body, "  {verb} %{name}: {}", text.replacen("interface i9", "interface", 1));
            }
        }
        let end = world.wit.rfind('}').expect("a world ends in a brace");
        world.wit.truncate(end);
        world.wit += &(body + "}\n");
        world
    }

    /// The text of an interface, and the types that others can use.
    fn interface(&mut self, random: &mut Random, index: usize, others: &[Vec<String>]) -> (String, Vec<String>) {
        let mut scope = Scope { random, taken: Vec::new(), types: Vec::new(), resources: Vec::new() };
        let mut out = format!("interface i{index} {{\n");
        for (other, types) in others.iter().enumerate() {
            if !types.is_empty() && scope.random.below(2) == 0 {
                let name = scope.random.pick(types).clone();
                if !scope.taken.contains(&name) {
                    let _ = writeln!(out, "  use i{other}.{{%{name}}};");
                    scope.taken.push(name.clone());
                    scope.types.push(name);
                }
            }
        }
        for _ in 0..scope.random.below(7) {
            let (name, text, is_shape) = scope.definition();
            let _ = writeln!(out, "  {text}");
            if is_shape {
                self.shapes.push(format!("a:b/i{index}/{name}"));
            }
            scope.types.push(name);
        }
        for _ in 0..scope.random.below(5) {
            let (name, text) = scope.function();
            let _ = writeln!(out, "  {text};");
            if text.contains(": async func") {
                self.asynchronous.push(format!("a:b/i{index}#{name}"));
            }
            self.functions.push(name);
        }
        (out + "}\n\n", scope.types)
    }
}

impl Scope<'_> {
    /// A name that nothing here has.
    fn name(&mut self) -> String {
        let mut taken = std::mem::take(&mut self.taken);
        let name = label(self.random, &mut taken);
        self.taken = taken;
        name
    }

    /// A definition: its name, its text, and whether it is a record, variant or enum.
    fn definition(&mut self) -> (String, String, bool) {
        let name = self.name();
        let most = if self.random.below(8) == 0 { 30 } else { 4 };
        let count = 1 + self.random.below(most);
        let mut taken = Vec::new();
        let labels: Vec<String> = (0..count).map(|_| label(self.random, &mut taken)).collect();
        let list = |parts: Vec<String>| parts.join(", ");
        let (text, is_shape) = match self.random.below(6) {
            0 => {
                let fields = labels.iter().map(|label| format!("%{label}: {}", self.ty(2)));
                (format!("record %{name} {{ {} }}", list(fields.collect())), true)
            }
            1 => {
                let cases = labels.iter().map(|label| match self.random.below(3) {
                    0 => format!("%{label}"),
                    _ => format!("%{label}({})", self.ty(2)),
                });
                (format!("variant %{name} {{ {} }}", list(cases.collect())), true)
            }
            2 => (format!("enum %{name} {{ %{} }}", labels.join(", %")), true),
            3 => (format!("flags %{name} {{ %{} }}", labels.join(", %")), false),
            4 => (format!("type %{name} = {};", self.ty(3)), false),
            _ => {
                taken.push(name.clone());
                let mut members = vec!["constructor(%a: u32);".to_owned()];
                for _ in 0..self.random.below(4) {
                    let word = if self.random.below(3) == 0 { "static " } else { "" };
                    let member = label(self.random, &mut taken);
                    members.push(format!("%{member}: {word}{};", self.signature()));
                }
                self.resources.push(name.clone());
                (format!("resource %{name} {{ {} }}", members.join(" ")), false)
            }
        };
        (name, text, is_shape)
    }

    /// A function: its name, and its text without the end.
    fn function(&mut self) -> (String, String) {
        let name = self.name();
        let text = format!("%{name}: {}", self.signature());
        (name, text)
    }

    fn signature(&mut self) -> String {
        let word = if self.random.below(3) == 0 { "async func" } else { "func" };
        let most = if self.random.below(6) == 0 { 20 } else { 4 };
        let count = self.random.below(most);
        // A method has a receiver called so.
        let mut taken = vec!["self".to_owned()];
        let params: Vec<String> = (0..count)
            .map(|_| {
                let ty = match self.random.below(5) {
                    0 if !self.resources.is_empty() => format!("borrow<%{}>", self.random.pick(&self.resources)),
                    _ => self.ty(3),
                };
                format!("%{}: {ty}", label(self.random, &mut taken))
            })
            .collect();
        let result = if self.random.below(3) == 0 { String::new() } else { format!(" -> {}", self.ty(3)) };
        format!("{word}({}){result}", params.join(", "))
    }

    fn ty(&mut self, depth: usize) -> String {
        let choices = if depth == 0 { 2 } else { 12 };
        match self.random.below(choices) {
            0 if !self.types.is_empty() => format!("%{}", self.random.pick(&self.types)),
            0 | 1 => (*self.random.pick(PRIMITIVES)).to_owned(),
            2 | 3 => format!("list<{}>", self.ty(depth - 1)),
            4 => format!("list<{}, {}>", self.ty(depth - 1), 1 + self.random.below(5)),
            5 => format!("option<{}>", self.ty(depth - 1)),
            6 => match self.random.below(4) {
                0 => "result".to_owned(),
                1 => format!("result<{}>", self.ty(depth - 1)),
                2 => format!("result<_, {}>", self.ty(depth - 1)),
                _ => format!("result<{}, {}>", self.ty(depth - 1), self.ty(depth - 1)),
            },
            7 => {
                let parts: Vec<String> = (0..1 + self.random.below(4)).map(|_| self.ty(depth - 1)).collect();
                format!("tuple<{}>", parts.join(", "))
            }
            8 => format!("map<{}, {}>", self.random.pick(KEYS), self.ty(depth - 1)),
            9 if self.random.below(4) > 0 => format!("stream<{}>", self.ty(depth - 1)),
            10 if self.random.below(4) > 0 => format!("future<{}>", self.ty(depth - 1)),
            11 => (*self.random.pick(&["stream", "future"])).to_owned(),
            _ => "list<u8>".to_owned(),
        }
    }
}

/// A label that is not taken yet, and is now.
fn label(random: &mut Random, taken: &mut Vec<String>) -> String {
    let word = *random.pick(WORDS);
    let is_free = |name: &str| !taken.iter().any(|known| known.replace('-', "") == name.replace('-', ""));
    let name = if is_free(word) { word.to_owned() } else { format!("{word}-n{}", taken.len()) };
    let name = if is_free(&name) { name } else { format!("zz{}", taken.len()) };
    taken.push(name.clone());
    name
}
