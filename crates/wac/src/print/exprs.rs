//! Expressions, on one line or with an argument a line.

use std::fmt::{self, Write};

use super::{Extern, Id, Printer, Quoted};
use crate::syntax::tree::{Access, Arg, Expr, ExternName, New, Package, Primary};

/// Prints an expression; `behind` columns follow it on its last line.
///
/// Costs as much as the text is long, for every level of nesting at most a line more.
pub(super) fn print(printer: &mut Printer, expr: &Expr, behind: usize) {
    let mut line = Line { text: String::new(), room: printer.room().saturating_sub(behind) };
    if write!(line, "{}", Flat(expr)).is_ok() {
        return printer.put(line.text);
    }
    match &expr.primary {
        Primary::New(new) => broken(printer, new),
        Primary::Nested(inside) => {
            printer.put("(");
            print(printer, inside, behind + 1);
            printer.put(")");
        }
        Primary::Id(id) => printer.put(Id(id)),
    }
    expr.accesses.iter().for_each(|access| printer.put(FlatAccess(access)));
}

/// `new ns:name {` and each argument on a line of its own.
fn broken(printer: &mut Printer, new: &New) {
    printer.put(format_args!("new {} ", PackageText(&new.package)));
    printer.block(&new.args, |printer, arg| {
        printer.start();
        match arg {
            Arg::Inferred(id) => printer.put(Id(id)),
            Arg::Named(named) => {
                printer.put(format_args!("{}: ", Extern(&named.name)));
                print(printer, &named.value, 1);
            }
            Arg::Spread(spread) => {
                printer.put("...");
                print(printer, &spread.value, 1);
            }
            Arg::Fill(_) => printer.put("..."),
        }
        // Behind a last `...` nothing may stand, not even a comma.
        let is_end = matches!(arg, Arg::Fill(_)) && new.args.last().is_some_and(|last| std::ptr::eq(last, arg));
        printer.put(if is_end { "\n" } else { ",\n" });
    });
}

/// One line, which takes only so many characters.
struct Line {
    text: String,
    room: usize,
}

impl Write for Line {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.room = self.room.checked_sub(part.chars().count()).ok_or(fmt::Error)?;
        self.text.push_str(part);
        Ok(())
    }
}

/// An expression on one line.
struct Flat<'t>(&'t Expr);

impl fmt::Display for Flat<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.primary {
            Primary::New(new) => FlatNew(new).fmt(f)?,
            Primary::Nested(inside) => write!(f, "({})", Flat(inside))?,
            Primary::Id(id) => Id(id).fmt(f)?,
        }
        self.0.accesses.iter().try_for_each(|access| FlatAccess(access).fmt(f))
    }
}

struct FlatNew<'t>(&'t New);

impl fmt::Display for FlatNew<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "new {} {{", PackageText(&self.0.package))?;
        for (at, arg) in self.0.args.iter().enumerate() {
            f.write_str(if at == 0 { " " } else { ", " })?;
            FlatArg(arg).fmt(f)?;
        }
        f.write_str(if self.0.args.is_empty() { "}" } else { " }" })
    }
}

struct FlatArg<'t>(&'t Arg);

impl fmt::Display for FlatArg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Arg::Inferred(id) => Id(id).fmt(f),
            Arg::Named(named) => write!(f, "{}: {}", Extern(&named.name), Flat(&named.value)),
            Arg::Spread(spread) => write!(f, "...{}", Flat(&spread.value)),
            Arg::Fill(_) => f.write_str("..."),
        }
    }
}

struct FlatAccess<'t>(&'t Access);

impl fmt::Display for FlatAccess<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.name {
            ExternName::Id(name) => write!(f, ".{}", Id(name)),
            ExternName::Text(text) => write!(f, "[{}]", Quoted(text)),
        }
    }
}

struct PackageText<'t>(&'t Package);

impl fmt::Display for PackageText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Package::Name(name) => name.fmt(f),
            Package::File(file) => Quoted(file).fmt(f),
        }
    }
}
