//! What types say of themselves: `Debug` where Rust cannot derive it, `Display` and `Error` of errors.
//!
//! In: records, variants and enums. Out: their implementations.
//! Holds: what has no text of its own is told by its name in WIT; a source is told by `source` alone.

use printer::{Doc, block, blocks, doc, lines, nest};

use super::literal;
use crate::model::{Member, Shape, Told};

/// The members as fields of a struct, or as cases of an enum.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Members {
    Fields,
    Cases,
}

fn name(shape: &Shape) -> Doc {
    let lifetime = if shape.generics.is_empty() { "" } else { "<'_>" };
    doc![&shape.name, lifetime]
}

fn fmt(body: Doc) -> Doc {
    doc!["fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result ", block(body)]
}

/// A `Debug` that leaves out what has none.
pub fn opaque_debug(shape: &Shape, members: Members) -> Doc {
    let body = match members {
        Members::Fields => {
            let fields = shape.members.iter().filter(|field| field.debug);
            let fields = fields.map(|field| format!(".field({}, &self.{})", plain(&field.name), field.name));
            let calls = fields.chain([".finish_non_exhaustive()".to_owned()]);
            doc!["f.debug_struct(", literal(&shape.name), ")", nest(doc![Doc::Line, lines(calls)])]
        }
        Members::Cases => by_case(shape, |case| {
            let name = plain(&case.name);
            match (&case.ty, case.debug) {
                (None, _) => (false, format!("f.write_str({name})")),
                (Some(_), true) => (true, format!("f.debug_tuple({name}).field(value).finish()")),
                (Some(_), false) => (false, format!("f.write_str({})", plain(&format!("{}(..)", case.name)))),
            }
        }),
    };
    doc!["impl ::core::fmt::Debug for ", name(shape), " ", block(fmt(body))]
}

/// A name as Rust writes it, as text.
fn plain(name: &str) -> String {
    format!("\"{}\"", name.trim_start_matches("r#"))
}

/// One arm for each case. `arm` says whether it looks at the payload, `value`, and gives the expression.
fn by_case(shape: &Shape, arm: impl Fn(&Member) -> (bool, String)) -> Doc {
    let arms = shape.members.iter().map(|case| {
        let (looks, text) = arm(case);
        let payload = match (&case.ty, looks) {
            (None, _) => "",
            (Some(_), true) => "(value)",
            (Some(_), false) => "(_)",
        };
        format!("Self::{}{payload} => {text},", case.name)
    });
    doc!["match self ", block(lines(arms))]
}

/// What makes a record or variant an error.
pub fn error(shape: &Shape, members: Members) -> Vec<Doc> {
    let text = match members {
        Members::Fields => fields_text(shape),
        Members::Cases => by_case(shape, |case| {
            let wit = &case.wit;
            match case.told {
                Told::Not | Told::Source | Told::PerhapsSource => (false, format!("f.write_str({})", literal(wit))),
                Told::Display => (true, format!("write!(f, \"{wit}: {{value}}\")")),
                Told::Debug => (true, format!("write!(f, \"{wit}: {{value:?}}\")")),
                Told::Name => (true, format!("write!(f, \"{wit}: {{}}\", value.name())")),
            }
        }),
    };
    implementations(shape, text, source(shape, members))
}

/// What makes an enum an error.
pub fn enum_error(shape: &Shape) -> Vec<Doc> {
    implementations(shape, Doc::from("write!(f, \"{} (error {})\", self.name(), *self as u32)"), None)
}

fn implementations(shape: &Shape, text: Doc, source: Option<Doc>) -> Vec<Doc> {
    let source = match source {
        Some(source) => block(source),
        None => Doc::from("{}"),
    };
    vec![
        doc!["impl ::core::fmt::Display for ", name(shape), " ", block(fmt(text))],
        doc!["impl ::core::error::Error for ", name(shape), " ", source],
    ]
}

/// `code: 2, why: "it is full"`
fn fields_text(shape: &Shape) -> Doc {
    let mut format = Vec::new();
    let mut arguments = String::new();
    for Member { name, wit, told, .. } in &shape.members {
        let (hole, argument) = match told {
            Told::Not | Told::Source | Told::PerhapsSource => continue,
            Told::Display | Told::Debug => ("{:?}", format!(", self.{name}")),
            Told::Name => ("{}", format!(", self.{name}.name()")),
        };
        format.push(format!("{wit}: {hole}"));
        arguments += &argument;
    }
    if format.is_empty() {
        return doc!["f.write_str(", literal(&shape.wit), ")"];
    }
    doc!["write!(f, \"", format.join(", "), "\"", arguments, ")"]
}

/// The function `source`, if anything can be one: of a record, the first field that is there.
fn source(shape: &Shape, members: Members) -> Option<Doc> {
    let mut sources = shape.members.iter().filter(|member| member.told.is_source());
    let head = "fn source(&self) -> ::core::option::Option<&(dyn ::core::error::Error + 'static)> ";
    let body = match members {
        Members::Fields => {
            let field = sources.next()?;
            Doc::from(of(field.told, &format!("self.{}", field.name), true))
        }
        Members::Cases => {
            let count = sources.clone().count();
            let arms = sources.map(|case| format!("Self::{}(value) => {},", case.name, of(case.told, "value", false)));
            let others = (count < shape.members.len()).then(|| "_ => ::core::option::Option::None,".to_owned());
            if count == 0 {
                return None;
            }
            doc!["match self ", block(lines(arms.chain(others)))]
        }
    };
    Some(blocks([doc![head, block(body)]]))
}

/// A place as a source. A field is a place itself, a payload a reference to one.
fn of(told: Told, place: &str, is_field: bool) -> String {
    let reference = if is_field { "&" } else { "" };
    match told {
        Told::PerhapsSource => {
            format!("{place}.as_ref().map(|source| source as &(dyn ::core::error::Error + 'static))")
        }
        Told::Source | Told::Not | Told::Display | Told::Debug | Told::Name => {
            format!("::core::option::Option::Some({reference}{place})")
        }
    }
}
