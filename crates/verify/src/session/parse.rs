//! Expressions as text.
//!
//! In: `let c = new counter(1)`, `c.inc()`, `local:calc/ops@1.2.0#add(1, 2)`. Out: `Expr`, not yet typed.
//! Holds: every span is a range of bytes in the expression's text.
//!
//! ```text
//! expression = [ "let" name "=" ] [ "new" ] path "(" [ value { "," value } ] ")"
//! path       = [ interface "#" ] name [ "." name ]
//! ```

use std::ops::Range;
use std::sync::Arc;

use diag::{Diagnostic, Place, Source};
use wasm_wave::ast::Node;
use wasm_wave::untyped::{UntypedFuncCall, UntypedValue};

use super::misread::misread;
use super::written::{Replaced, Written, quoted_end};

/// Reads a file by its path; an error is the reason.
pub type Files<'a> = dyn Fn(&str) -> Result<Vec<u8>, String> + 'a;

/// How expressions and values are written.
#[derive(Clone, Copy)]
pub struct Notation<'a> {
    /// Reads the file that `@path` names; without it, `@` is refused.
    pub files: Option<&'a Files<'a>>,
    /// Whether `_` stands for any value.
    pub patterns: bool,
}

impl Notation<'_> {
    /// WAVE alone.
    pub const PLAIN: Self = Self { files: None, patterns: false };
}

/// A parsed expression: a call, and the name for its result.
pub struct Expr {
    pub(crate) called: Called,
    /// What `let` names.
    pub(crate) binds: Option<Name>,
    pub(crate) written: Written,
    pub(crate) args: Vec<Arg>,
}

/// What an expression calls, and where that is written.
pub(crate) struct Called {
    pub(crate) source: Arc<Source>,
    pub(crate) target: Target,
    pub(crate) target_span: Range<usize>,
}

/// An argument.
pub(crate) enum Arg {
    Wave(Node),
    Json {
        json: serde_json::Value,
        span: Range<usize>,
    },
    /// Of an expression in JSON: a name that `let` has bound.
    Name {
        name: String,
        span: Range<usize>,
    },
    /// Of an expression in JSON: `@path`.
    File {
        path: String,
        content: Arc<[u8]>,
        span: Range<usize>,
    },
}

impl Arg {
    pub(crate) fn span(&self) -> Range<usize> {
        match self {
            Self::Wave(node) => node.span(),
            Self::Json { span, .. } | Self::Name { span, .. } | Self::File { span, .. } => span.clone(),
        }
    }
}

/// A parsed value that stands alone.
pub struct Literal {
    pub(crate) source: Arc<Source>,
    pub(crate) written: Written,
    pub(crate) node: Node,
}

/// A name and where it stands.
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
}

/// What is called.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// `new counter`.
    Constructor { interface: Option<String>, resource: String },
    /// `add`, or a name as in the binary: `[method]counter.inc`.
    Func { interface: Option<String>, name: String },
    /// `counter.make`, or `c.inc` where `c` is a name bound by `let`.
    Member { interface: Option<String>, of: String, name: String },
}

impl Expr {
    /// Parses the one expression that the source holds.
    ///
    /// # Errors
    /// When it is none, with the place in the source.
    pub fn parse(source: &Arc<Source>, notation: Notation<'_>) -> Result<Self, Diagnostic> {
        parse(source, notation, false)
    }

    /// As `parse`, with arguments that are JSON, or names that `let` has bound.
    ///
    /// # Errors
    /// As `parse` has them.
    pub fn parse_json(source: &Arc<Source>, notation: Notation<'_>) -> Result<Self, Diagnostic> {
        parse(source, notation, true).map_err(|error| match error.code.0 {
            "call/syntax" => error.help("write a call with JSON arguments, as in `add(1, 2)` or `show({\"x\": 1})`"),
            _ => error,
        })
    }

    /// The name that `let` gives to the result.
    pub fn binds(&self) -> Option<&str> {
        self.binds.as_ref().map(|name| name.text.as_str())
    }
}

impl Literal {
    /// Parses the one value that the source holds.
    ///
    /// # Errors
    /// When it is none, with the place in the source.
    pub fn parse(source: &Arc<Source>, notation: Notation<'_>) -> Result<Self, Diagnostic> {
        let written = Written::new(source, 0, notation, false)?;
        let node = UntypedValue::parse(&written.text).map_err(|error| misread(source, &error))?.node().clone();
        Ok(Self { source: Arc::clone(source), written, node })
    }
}

/// What an expression calls, whatever its arguments are.
pub(crate) fn target_of(source: &Arc<Source>) -> Result<Called, Diagnostic> {
    head(source).map(|(_, called, _)| called)
}

/// Parses one expression.
fn parse(source: &Arc<Source>, notation: Notation<'_>, json: bool) -> Result<Expr, Diagnostic> {
    let (binds, called, paren) = head(source)?;
    let written = Written::new(source, paren, notation, json)?;
    let args = match json {
        true => json_arguments(source, paren, &written)?,
        false => {
            let call = UntypedFuncCall::parse(&written.text).map_err(|error| misread(source, &error))?;
            let nodes = call.params_node().into_iter().flat_map(|tuple| tuple.as_tuple().into_iter().flatten());
            nodes.cloned().map(Arg::Wave).collect()
        }
    };
    Ok(Expr { called, binds, written, args })
}

/// What stands before the arguments, and where these start.
fn head(source: &Arc<Source>) -> Result<(Option<Name>, Called, usize), Diagnostic> {
    let text = source.text.as_str();
    let Some(paren) = text.find('(') else {
        let end = text.trim_end().len();
        return Err(syntax(source, end.saturating_sub(1)..end.max(1), "expected `(` and arguments after the name"));
    };
    let mut rest = trimmed(text, 0..paren);
    let mut binds = None;
    if let Some(after) = keyword(text, &rest, "let") {
        let Some(equals) = text[after.clone()].find('=') else {
            return Err(syntax(source, after, "expected `let NAME = CALL`"));
        };
        let name = trimmed(text, after.start..after.start + equals);
        if !is_label(&text[name.clone()]) {
            return Err(syntax(source, non_empty(name), "expected a name in kebab-case"));
        }
        binds = Some(Name { text: text[name.clone()].to_owned(), span: name });
        rest = trimmed(text, after.start + equals + 1..paren);
    }
    let new = keyword(text, &rest, "new");
    let constructor = new.is_some();
    let span = new.unwrap_or(rest);
    if span.is_empty() {
        return Err(syntax(source, paren..paren + 1, "expected the name of a function before `(`"));
    }
    let target = target(&text[span.clone()], constructor)
        .ok_or_else(|| syntax(source, span.clone(), "this is no name of a function"))?;
    Ok((binds, Called { source: Arc::clone(source), target, target_span: span }, paren))
}

pub(crate) fn syntax(source: &Arc<Source>, span: Range<usize>, text: impl Into<String>) -> Diagnostic {
    diag::error("call/syntax", "this expression cannot be read")
        .label(Place::text(source, whole_chars(&source.text, span)), text)
        .help("write a call with WAVE values, as in `add(1, 2)` or `let c = new counter(1)`")
}

/// The span, widened to whole characters and kept inside the text.
fn whole_chars(text: &str, span: Range<usize>) -> Range<usize> {
    text.floor_char_boundary(span.start)..text.ceil_char_boundary(span.end)
}

fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let part = &text[span.clone()];
    let start = span.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

fn non_empty(span: Range<usize>) -> Range<usize> {
    span.start..span.end.max(span.start + 1)
}

/// What follows a leading keyword.
fn keyword(text: &str, span: &Range<usize>, word: &str) -> Option<Range<usize>> {
    let rest = text[span.clone()].strip_prefix(word)?;
    rest.starts_with(char::is_whitespace).then(|| trimmed(text, span.start + word.len()..span.end))
}

fn is_label(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !text.ends_with('-')
}

/// Whether this is a name, be it one that no export can have: it is answered with the one that is meant.
fn is_name(text: &str) -> bool {
    is_label(&text.trim_end_matches('_').replace('_', "-"))
}

fn target(text: &str, constructor: bool) -> Option<Target> {
    let (interface, name) = split_interface(text);
    let plain = |part: &str| part.strip_prefix('%').unwrap_or(part).to_owned();
    if constructor {
        return is_name(&plain(name)).then(|| Target::Constructor { interface, resource: plain(name) });
    }
    if name.starts_with('[') {
        return Some(Target::Func { interface, name: name.to_owned() });
    }
    match name.split_once('.') {
        Some((of, name)) if is_name(&plain(of)) && is_name(&plain(name)) => {
            Some(Target::Member { interface, of: plain(of), name: plain(name) })
        }
        None if is_name(&plain(name)) => Some(Target::Func { interface, name: plain(name) }),
        Some(_) | None => None,
    }
}

/// `local:calc/ops@1.2.0#add`, and the spelling of other tools, `local:calc/ops.add@1.2.0`.
fn split_interface(text: &str) -> (Option<String>, &str) {
    if let Some((interface, name)) = text.split_once('#') {
        return (Some(interface.to_owned()), name);
    }
    let split = text.split_once('/').and_then(|(package, rest)| {
        let (path, version) = rest.split_once('@').map_or((rest, None), |(path, version)| (path, Some(version)));
        let (interface, name) = path.split_once('.')?;
        let version = version.map(|version| format!("@{version}")).unwrap_or_default();
        Some((format!("{package}/{interface}{version}"), name))
    });
    match split {
        Some((interface, name)) => (Some(interface), name),
        None => (None, text),
    }
}

/// Reads the arguments as JSON.
fn json_arguments(source: &Arc<Source>, paren: usize, written: &Written) -> Result<Vec<Arg>, Diagnostic> {
    let text = source.text.trim_end();
    let close = text.len().saturating_sub(1);
    if !text.ends_with(')') || close <= paren {
        return Err(syntax(source, close..text.len().max(1), "expected `)` after the arguments"));
    }
    let mut args = Vec::new();
    let parts = split(text, paren + 1..close);
    let only = parts.len() == 1;
    for part in parts {
        let span = trimmed(text, part);
        if span.is_empty() && only {
            return Ok(args);
        }
        let part = &text[span.clone()];
        args.push(match written.replaced(&span) {
            Some(Replaced::File { path, content }) => {
                Arg::File { path: path.clone(), content: Arc::clone(content), span }
            }
            Some(Replaced::Any) | None if is_label(part) && !["true", "false", "null"].contains(&part) => {
                Arg::Name { name: part.to_owned(), span }
            }
            Some(Replaced::Any) | None => match crate::value::json::parse(part) {
                Ok(json) => Arg::Json { json, span },
                Err(error) => {
                    let at = non_empty(span.start..span.end.max(span.start));
                    return Err(syntax(source, at, format!("this is no JSON: {error}")));
                }
            },
        });
    }
    Ok(args)
}

/// The parts between the commas that stand in no brackets and strings.
fn split(text: &str, span: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut depth, mut start, mut at) = (0usize, span.start, span.start);
    while at < span.end {
        match text.as_bytes()[at] {
            b'"' => {
                at = quoted_end(text, at);
                continue;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(start..span.end.max(start));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Expr, Diagnostic> {
        parse(&Arc::new(Source::new("<expression 1>", text)), Notation::PLAIN, false)
    }

    #[test]
    fn targets() {
        let target = |text: &str| read(text).unwrap().called.target;
        let func = |interface: Option<&str>, name: &str| Target::Func {
            interface: interface.map(str::to_owned),
            name: name.to_owned(),
        };
        assert_eq!(target("add(1, 2)"), func(None, "add"));
        assert_eq!(target("local:calc/ops@1.2.0#add(1)"), func(Some("local:calc/ops@1.2.0"), "add"));
        assert_eq!(target("local:calc/ops.add@1.2.0(1)"), func(Some("local:calc/ops@1.2.0"), "add"));
        assert_eq!(target("[method]counter.inc(c)"), func(None, "[method]counter.inc"));
        let constructor = Target::Constructor { interface: None, resource: "counter".to_owned() };
        assert_eq!(target("let c = new counter(1)"), constructor);
        let member = Target::Member { interface: None, of: "c".to_owned(), name: "inc".to_owned() };
        assert_eq!(target(" c.inc( ) "), member);
    }

    #[test]
    fn names_and_spans() {
        let expr = read("let my-c = new counter(1)").unwrap();
        let name = expr.binds.unwrap();
        assert_eq!((name.text.as_str(), name.span), ("my-c", 4..8));
        assert_eq!(expr.called.target_span, 15..22);
        assert_eq!(expr.args[0].span(), 23..24);
    }

    #[test]
    fn mistakes_are_placed() {
        let place = |text: &str| match read(text).err().unwrap().labels[0].place.clone() {
            Place::Text { span, .. } => span,
            other => panic!("{other:?}"),
        };
        assert_eq!(place("add"), 2..3);
        assert_eq!(place("add(1, ?)"), 7..8);
        assert_eq!(place("(1)"), 0..1);
        assert_eq!(place("let = f()"), 4..5);
        assert_eq!(place("add(1) 2"), 7..8);
        assert_eq!(place(""), 0..0);
        assert_eq!(place("\u{e9}"), 0..2);
        assert_eq!(place("f(\u{e9})"), 2..4);
        assert_eq!(place("add(1"), 4..5);
    }
}
