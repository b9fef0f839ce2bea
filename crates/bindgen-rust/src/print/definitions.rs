//! Type definitions.

use printer::{Doc, block, blocks, comma, doc, lines, nothing};

use super::errors::{Members, enum_error, error, opaque_debug};
use super::{allow, docs, literal};
use crate::model::{Definition, Docs, Member, Model, Shape};

/// A definition and the implementations that belong to it.
pub fn definition(definition: &Definition, model: &Model) -> Vec<Doc> {
    match definition {
        Definition::Alias { docs: text, name, generics, target } => {
            vec![lines([docs(text), doc!["pub type ", name, *generics, " = ", target, ";"]])]
        }
        Definition::Record(shape) => {
            let fields =
                shape.members.iter().map(|field| documented(field, format!("pub {}: {},", field.name, ty(field))));
            with_traits(
                shape,
                Members::Fields,
                doc!["pub struct ", &shape.name, shape.generics, " ", block(lines(fields))],
            )
        }
        Definition::Variant(shape) => {
            let cases = shape.members.iter().map(|case| {
                let payload = case.ty.as_ref().map(|ty| format!("({ty})")).unwrap_or_default();
                documented(case, format!("{}{payload},", case.name))
            });
            with_traits(shape, Members::Cases, doc!["pub enum ", &shape.name, shape.generics, " ", block(lines(cases))])
        }
        Definition::Enum { shape, repr } => enumeration(shape, repr),
        Definition::Flags { .. } if model.bitflags.is_some() => Vec::new(),
        Definition::Flags { docs, name, bits, flags } => print_flags(docs, name, bits, flags),
    }
}

fn ty(member: &Member) -> &str {
    member.ty.as_deref().unwrap_or("()")
}

fn documented(member: &Member, text: String) -> Doc {
    lines([docs(&member.docs), attributes(&member.attributes), Doc::from(text)])
}

fn attributes(texts: &[String]) -> Doc {
    lines(texts.iter().map(|text| Doc::from(text.clone())))
}

fn with_traits(shape: &Shape, members: Members, item: Doc) -> Vec<Doc> {
    let repr = if shape.repr_c { "#[repr(C)]" } else { "" };
    let attributes = attributes(&shape.attributes);
    let mut out =
        vec![lines([docs(&shape.docs), derive(shape), Doc::from(repr), allow(&shape.lints), attributes, item])];
    if shape.opaque {
        out.push(opaque_debug(shape, members));
    }
    if shape.error {
        out.extend(error(shape, members));
    }
    out
}

fn derive(shape: &Shape) -> Doc {
    if shape.derives.is_empty() {
        return nothing();
    }
    doc!["#[derive(", comma(&shape.derives), ")]"]
}

fn enumeration(shape: &Shape, repr: &str) -> Vec<Doc> {
    let cases = shape.members.iter().map(|case| documented(case, format!("{},", case.name)));
    let item = doc!["pub enum ", &shape.name, " ", block(lines(cases))];
    let repr = doc!["#[repr(", repr.to_owned(), ")]"];
    let attributes = attributes(&shape.attributes);
    let mut out = vec![lines([docs(&shape.docs), derive(shape), repr, allow(&shape.lints), attributes, item])];
    let arms = |text: fn(&Member) -> String| {
        lines(shape.members.iter().map(move |case| format!("Self::{} => {},", case.name, literal(&text(case)))))
    };
    let names = doc!["match self ", block(arms(|case| case.wit.clone()))];
    let name = lines([
        Doc::from("/// The name of the case in WIT."),
        doc!["pub fn name(&self) -> &'static str ", block(names)],
    ]);
    let messages = doc!["match self ", block(arms(|case| case.docs.lines.join("\n")))];
    let message = lines([
        Doc::from("/// The documentation of the case in WIT."),
        doc!["pub fn message(&self) -> &'static str ", block(messages)],
    ]);
    out.push(doc!["impl ", &shape.name, " ", block(blocks([name, message]))]);
    if shape.error {
        out.extend(enum_error(shape));
    }
    out
}

fn print_flags(text: &Docs, name: &str, bits: &str, flags: &[Member]) -> Vec<Doc> {
    let item = lines([
        docs(text),
        Doc::from("#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]\n#[repr(transparent)]"),
        doc!["pub struct ", name.to_owned(), " ", block(doc!["bits: ", bits.to_owned(), ","])],
    ]);
    let constants = flags.iter().enumerate().map(|(index, flag)| {
        documented(flag, format!("pub const {}: Self = Self {{ bits: 1 << {index} }};", flag.name))
    });
    let constants = doc!["impl ", name.to_owned(), " ", block(lines(constants))];
    vec![item, constants]
}

/// The call of the macro that implements a flags type.
pub fn flags_functions(definition: &Definition, model: &Model) -> Option<Doc> {
    let Definition::Flags { name, bits, flags, docs: text } = definition else { return None };
    if let Some(path) = &model.bitflags {
        return Some(bitflags(path, text, name, bits, flags));
    }
    let head = format!("{name}: {bits};");
    let names = flags.iter().map(|flag| format!("{}, {};", flag.name, literal(&flag.wit)));
    Some(doc!["_rt::flags! ", block(lines(std::iter::once(head).chain(names)))])
}

/// A flags type in the user's macro, which has the form of the crate `bitflags`.
fn bitflags(path: &str, text: &Docs, name: &str, bits: &str, flags: &[Member]) -> Doc {
    let constants = flags.iter().enumerate().map(|(index, flag)| {
        let value = if index == 0 { "1".to_owned() } else { format!("1 << {index}") };
        documented(flag, format!("const {} = {value};", flag.name))
    });
    let item = lines([
        docs(text),
        Doc::from("#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]"),
        doc!["pub struct ", name.to_owned(), ": ", bits.to_owned(), " ", block(lines(constants))],
    ]);
    doc![path.to_owned(), "::bitflags! ", block(item)]
}
