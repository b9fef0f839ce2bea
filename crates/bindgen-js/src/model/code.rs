//! JavaScript as data: as much of it as generated modules are made of.

use std::fmt;

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// A name, a literal, an operation.
    Text(String),
    Call {
        callee: String,
        args: Vec<Expr>,
    },
    Array(Vec<Expr>),
    /// Keys are written as they are.
    Object(Vec<(String, Expr)>),
    /// A function without parameters.
    Arrow(Vec<Stmt>),
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stmt {
    /// `head value;`, where the head ends in `=`, `return`, `throw` or is empty.
    Value { head: String, value: Expr },
    /// `head value end;`
    Around { head: String, value: Expr, end: String },
    /// A line as it is.
    Plain(String),
    /// Lines as they are.
    Piece(String),
    /// `head { body } head { body }`
    Blocks(Vec<(String, Vec<Stmt>)>),
    /// `switch (on) { label: body }`; no case falls through.
    Switch { on: String, cases: Vec<(String, Vec<Stmt>)> },
    /// A function of its own, or one of a class.
    Function(Function),
    /// `head { members };`, with functions and other entries.
    Namespace { head: String, members: Vec<Member> },
    /// `head { members }`
    Class { head: String, docs: Vec<String>, members: Vec<Function> },
}

/// What an object has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Member {
    Function(Function),
    /// A key as it is written, and a value.
    Entry(String, Expr),
    /// An object in it.
    Namespace(String, Vec<Member>),
}

impl Member {
    fn mentions(&self, word: &str) -> bool {
        match self {
            Self::Function(function) => function.mentions(word),
            Self::Entry(_, value) => value.mentions(word),
            Self::Namespace(_, members) => members.iter().any(|member| member.mentions(word)),
        }
    }
}

/// A function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    pub docs: Vec<String>,
    /// `function add`, `static make`, `[dispose]`.
    pub head: String,
    pub params: Vec<String>,
    pub body: Vec<Stmt>,
}

impl Expr {
    pub fn call(callee: impl Into<String>, args: impl IntoIterator<Item = Self>) -> Self {
        Self::Call { callee: callee.into(), args: args.into_iter().collect() }
    }

    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Expr {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Expr {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// On one line.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comma = |items: &[Self]| items.iter().map(Self::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Call { callee, args } => write!(f, "{callee}({})", comma(args)),
            Self::Array(items) => write!(f, "[{}]", comma(items)),
            Self::Object(entries) => {
                let entries: Vec<String> = entries.iter().map(|(key, value)| entry(key, value)).collect();
                write!(f, "{{ {} }}", entries.join(", "))
            }
            Self::Arrow(body) => match only_value(body) {
                Some(value) => write!(f, "() => {value}"),
                None => f.write_str("() => { .. }"),
            },
        }
    }
}

/// What a function gives that consists of one expression.
pub fn only_value(body: &[Stmt]) -> Option<&Expr> {
    match body {
        [Stmt::Value { head, value }] if head.is_empty() || head == "return" => Some(value),
        _ => None,
    }
}

/// `key: value`, or `key` alone if the value has that name.
pub fn entry(key: &str, value: &Expr) -> String {
    let value = value.to_string();
    if value == key { value } else { format!("{key}: {value}") }
}

impl Expr {
    /// Whether the word stands somewhere in it.
    pub fn mentions(&self, word: &str) -> bool {
        match self {
            Self::Text(text) => text.contains(word),
            Self::Call { callee, args } => callee.contains(word) || args.iter().any(|arg| arg.mentions(word)),
            Self::Array(items) => items.iter().any(|item| item.mentions(word)),
            Self::Object(entries) => entries.iter().any(|(_, value)| value.mentions(word)),
            Self::Arrow(body) => body.iter().any(|stmt| stmt.mentions(word)),
        }
    }
}

impl Function {
    pub fn mentions(&self, word: &str) -> bool {
        self.body.iter().any(|stmt| stmt.mentions(word))
    }
}

impl Stmt {
    /// Whether the word stands somewhere in it.
    pub fn mentions(&self, word: &str) -> bool {
        let all = |stmts: &[Self]| stmts.iter().any(|stmt| stmt.mentions(word));
        match self {
            Self::Value { head, value } => head.contains(word) || value.mentions(word),
            Self::Around { value, .. } => value.mentions(word),
            Self::Namespace { members, .. } => members.iter().any(|member| member.mentions(word)),
            Self::Plain(text) => text.contains(word),
            Self::Piece(_) => false,
            Self::Blocks(parts) => parts.iter().any(|(head, body)| head.contains(word) || all(body)),
            Self::Switch { on, cases } => on.contains(word) || cases.iter().any(|(_, body)| all(body)),
            Self::Function(function) => function.mentions(word),
            Self::Class { members, .. } => members.iter().any(|member| member.mentions(word)),
        }
    }

    pub fn constant(name: &str, value: impl Into<Expr>) -> Self {
        Self::Value { head: format!("const {name} ="), value: value.into() }
    }

    pub fn returns(value: impl Into<Expr>) -> Self {
        Self::Value { head: "return".to_owned(), value: value.into() }
    }

    pub fn expr(value: impl Into<Expr>) -> Self {
        Self::Value { head: String::new(), value: value.into() }
    }

    pub fn plain(text: impl Into<String>) -> Self {
        Self::Plain(text.into())
    }

    pub fn block(head: impl Into<String>, body: Vec<Self>) -> Self {
        Self::Blocks(vec![(head.into(), body)])
    }
}
