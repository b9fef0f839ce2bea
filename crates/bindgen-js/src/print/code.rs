//! Expressions, statements, functions.

use printer::{Doc, block, blocks, doc, group, join, lines, nest, nothing};

use crate::model::code::{Expr, Function, Member, Stmt, only_value};

/// Statements, with an empty line around every function and class of more than one line.
pub fn groups(stmts: &[Stmt]) -> Vec<Doc> {
    let mut out = Vec::new();
    let mut run: Vec<Doc> = Vec::new();
    for one in stmts {
        match one {
            Stmt::Function(_) | Stmt::Piece(_) | Stmt::Class { .. } | Stmt::Namespace { .. } => {
                out.extend((!run.is_empty()).then(|| lines(std::mem::take(&mut run))));
                out.push(stmt(one));
            }
            Stmt::Value { .. } | Stmt::Around { .. } | Stmt::Plain(_) | Stmt::Blocks(_) | Stmt::Switch { .. } => {
                run.push(stmt(one));
            }
        }
    }
    out.extend((!run.is_empty()).then(|| lines(run)));
    out
}

fn body(stmts: &[Stmt]) -> Doc {
    block(lines(stmts.iter().map(stmt)))
}

/// One statement.
pub fn stmt(stmt: &Stmt) -> Doc {
    match stmt {
        Stmt::Value { head, value } if head.is_empty() => doc![expr(value), ";"],
        Stmt::Value { head, value } => doc![head, " ", expr(value), ";"],
        Stmt::Around { head, value, end } => doc![head, " ", expr(value), end, ";"],
        Stmt::Plain(line) => Doc::from(line),
        Stmt::Piece(text) => {
            blocks(text.split("\n\n").map(|part| lines(part.lines().map(|line| Doc::from(line.to_owned())))))
        }
        Stmt::Namespace { head, members } => doc![head, " ", namespace(members), ";"],
        Stmt::Blocks(parts) if short(parts).is_some() => doc![&parts[0].0, " ", short(parts)],
        Stmt::Blocks(parts) => join(parts.iter().map(|(head, inner)| doc![head, " ", body(inner)]), " "),
        Stmt::Switch { on, cases } => {
            let cases = cases.iter().map(|(label, inner)| case(label, inner));
            doc!["switch (", on, ") ", block(lines(cases))]
        }
        Stmt::Function(found) => function(found),
        Stmt::Class { head, docs, members } => {
            let members = block(blocks(members.iter().map(function)));
            lines([comment(docs), doc![head, " ", members]])
        }
    }
}

/// The only statement of the only block, if it can stand behind its head.
fn short(parts: &[(String, Vec<Stmt>)]) -> Option<Doc> {
    let [(head, inner)] = parts else { return None };
    let [only] = inner.as_slice() else { return None };
    let len = match only {
        Stmt::Value { head, value } if !head.starts_with("const") => head.len() + value.to_string().len(),
        Stmt::Plain(text) => text.len(),
        Stmt::Value { .. } | Stmt::Around { .. } | Stmt::Blocks(_) | Stmt::Switch { .. } | Stmt::Piece(_) => {
            return None;
        }
        Stmt::Function(_) | Stmt::Namespace { .. } | Stmt::Class { .. } => return None,
    };
    (head.len() + len < 100 && head.contains(" (")).then(|| stmt(only))
}

fn namespace(members: &[Member]) -> Doc {
    let members = members.iter().map(|member| match member {
        Member::Function(found) => doc![function(found), ","],
        Member::Entry(key, value) if value.to_string() == *key => doc![key, ","],
        Member::Entry(key, value) => doc![key, ": ", expr(value), ","],
        Member::Namespace(key, members) => doc![key, ": ", namespace(members), ","],
    });
    block(blocks(members))
}

fn case(label: &str, inner: &[Stmt]) -> Doc {
    match inner {
        [only @ (Stmt::Value { .. } | Stmt::Plain(_))] => {
            doc![label.to_owned(), ":", nest(doc![Doc::Line, stmt(only)])]
        }
        inner => doc![label.to_owned(), ": ", body(inner)],
    }
}

/// A function with its documentation.
pub fn function(function: &Function) -> Doc {
    let params = Doc::list("(", function.params.iter(), ")");
    lines([comment(&function.docs), doc![&function.head, params, " ", body(&function.body)]])
}

fn comment(docs: &[String]) -> Doc {
    match docs {
        [] => nothing(),
        [one] => Doc::from(format!("/** {one} */")),
        many => {
            let inner = many.iter().map(|line| format!(" * {line}").trim_end().to_owned());
            lines(std::iter::once("/**".to_owned()).chain(inner).chain(Some(" */".to_owned())))
        }
    }
}

/// An expression; what is too long for a line is broken between its parts.
pub fn expr(value: &Expr) -> Doc {
    match value {
        Expr::Text(text) => Doc::from(text),
        Expr::Call { callee, args } => match args.as_slice() {
            // What is opened by the only argument stays on the line.
            [only @ (Expr::Object(_) | Expr::Array(_) | Expr::Arrow(_))] => doc![callee, "(", expr(only), ")"],
            [Expr::Text(first), last @ Expr::Object(_)] => doc![callee, "(", first, ", ", expr(last), ")"],
            args => doc![callee, Doc::list("(", args.iter().map(expr), ")")],
        },
        Expr::Array(items) => Doc::list("[", items.iter().map(expr), "]"),
        Expr::Object(entries) => object(entries),
        Expr::Arrow(stmts) => match only_value(stmts) {
            Some(value) => doc!["() => ", expr(value)],
            None => doc!["() => ", body(stmts)],
        },
    }
}

/// `{ a, b: c }`
pub fn object(entries: &[(String, Expr)]) -> Doc {
    braces(entries.iter().map(|(key, value)| match value {
        Expr::Text(text) if text == key => Doc::from(key),
        Expr::Text(_) | Expr::Call { .. } | Expr::Array(_) | Expr::Object(_) | Expr::Arrow(_) => {
            doc![key, ": ", expr(value)]
        }
    }))
}

/// `{ a, b }`, with blanks inside if it stays on a line.
pub fn braces(parts: impl IntoIterator<Item = Doc>) -> Doc {
    let parts: Vec<Doc> = parts.into_iter().collect();
    if parts.is_empty() {
        return Doc::from("{}");
    }
    let separator = doc![",", Doc::Break(" ")];
    group(doc!["{", nest(doc![Doc::Break(" "), join(parts, separator)]), Doc::Break(" "), "}"])
}
