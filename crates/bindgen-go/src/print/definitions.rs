//! Declarations of types.

use bindgen::{Interface, Role};

use super::calls;
use super::code::{Code, Row, literal};
use crate::model::{Case, Definition, Member, Repr, Shape, View, names};

/// Everything that an interface declares.
pub fn definitions<'t>(view: &mut View<'_, 't>, interface: &'t Interface<'t>, out: &mut Code) {
    for definition in view.model.definitions(view, interface) {
        out.gap();
        out.comment(&definition.docs.lines);
        print(view, interface, &definition, out);
    }
}

fn print<'t>(view: &mut View<'_, 't>, interface: &'t Interface<'t>, definition: &Definition, out: &mut Code) {
    let name = &definition.name;
    match &definition.shape {
        Shape::Alias(target) => out.push(format!("type {name} = {target}")),
        Shape::Record(fields) => record(view, definition, fields, out),
        Shape::Variant(cases) => variant(view, definition, cases, out),
        Shape::Enum(repr, cases) => enumeration(view, definition, repr, cases, out),
        Shape::Flags(repr, flags) => print_flags(view, definition, repr, flags, out),
        Shape::Resource(Role::Import, id) => calls::imported_resource(view, *id, out),
        Shape::Resource(Role::Export, id) => {
            let methods = view.model.funcs(view, interface);
            let of_it = methods.iter().filter(|func| func.receiver.as_ref().is_some_and(|(of, _)| of == id));
            let of_it: Vec<_> = of_it.collect();
            if of_it.is_empty() {
                out.push(format!("type {name} interface{{}}"));
            } else {
                super::exports::interface(view, name, &of_it, out);
            }
        }
    }
}

fn record(view: &mut View<'_, '_>, definition: &Definition, fields: &[Member], out: &mut Code) {
    let name = &definition.name;
    let rows: Vec<Row> = fields
        .iter()
        .map(|field| Row { comment: field.docs.lines.clone(), cells: vec![field.name.clone(), field.ty.clone()] })
        .collect();
    if rows.is_empty() {
        out.push(format!("type {name} struct{{}}"));
    } else {
        out.push(format!("type {name} struct {{"));
        out.rows(&rows);
        out.push("}");
    }
    if definition.is_error {
        let rt = view.rt();
        let values: String = fields.iter().map(|field| format!(", e.{}", field.name)).collect();
        out.gap();
        out.push("// Error has the name of the type and what its fields say.");
        out.push(format!("func (e {name}) Error() string {{"));
        out.push(format!("return {rt}.ErrorText({}{values})", literal(&definition.wit)));
        out.push("}");
    }
}

fn variant(view: &mut View<'_, '_>, definition: &Definition, cases: &[Case], out: &mut Code) {
    let name = &definition.name;
    out.push(format!("type {name} interface {{"));
    if definition.is_error {
        out.push("error");
    }
    out.push(format!("is{name}()"));
    out.push("}");
    for case in cases {
        out.gap();
        let docs = case.docs.clone().introduced(&format!("{} is the case {} of {name}.", case.name, case.wit));
        out.comment(&docs.lines);
        match &case.payload {
            Some(ty) => out.push(format!("type {} struct {{\nValue {ty}\n}}", case.name)),
            None => out.push(format!("type {} struct{{}}", case.name)),
        }
    }
    out.gap();
    let marks = cases.iter().map(|case| (format!("func ({}) is{name}()", case.name), String::new()));
    out.funcs(&marks.collect::<Vec<_>>());
    if definition.is_error {
        let errors: Vec<_> = cases.iter().map(|case| case_error(view, &definition.wit, case)).collect();
        out.gap();
        out.funcs(&errors);
    }
}

/// The head of a case's `Error`, and what it does.
fn case_error(view: &mut View<'_, '_>, wit: &str, case: &Case) -> (String, String) {
    let text = literal(&format!("{wit}: {}", case.wit));
    match case.payload.as_deref() {
        Some("string") => {
            let text = literal(&format!("{wit}: {}: ", case.wit));
            (format!("func (e {}) Error() string", case.name), format!("return {text} + e.Value"))
        }
        Some(_) => {
            let rt = view.rt();
            (format!("func (e {}) Error() string", case.name), format!("return {rt}.ErrorText({text}, e.Value)"))
        }
        None => (format!("func ({}) Error() string", case.name), format!("return {text}")),
    }
}

fn enumeration(view: &mut View<'_, '_>, definition: &Definition, repr: Repr, cases: &[Member], out: &mut Code) {
    let name = &definition.name;
    out.push(format!("type {name} {repr}"));
    constants(name, "iota", cases, out);
    labels(name, cases, out);
    let rt = view.rt();
    out.gap();
    out.push("// String is the name that the WIT gives the value.");
    out.push(format!("func (v {name}) String() string {{"));
    out.push(format!("return {rt}.CaseName({}, int(v))", labels_name(name)));
    out.push("}");
    if definition.is_error {
        out.gap();
        out.push("// Error has the name of the type and of the value.");
        out.push(format!("func (v {name}) Error() string {{"));
        out.push(format!("return {} + v.String()", literal(&format!("{}: ", definition.wit))));
        out.push("}");
    }
}

fn print_flags(view: &mut View<'_, '_>, definition: &Definition, repr: Repr, flags: &[Member], out: &mut Code) {
    let name = &definition.name;
    out.push(format!("type {name} {repr}"));
    constants(name, "1 << iota", flags, out);
    labels(name, flags, out);
    let rt = view.rt();
    out.gap();
    out.push("// Has tells whether all the given flags are set.");
    out.push(format!("func (v {name}) Has(flags {name}) bool {{\nreturn v&flags == flags\n}}"));
    out.gap();
    out.push("// String has the names that the WIT gives the flags that are set.");
    out.push(format!("func (v {name}) String() string {{"));
    out.push(format!("return {rt}.FlagNames({}, uint64(v))", labels_name(name)));
    out.push("}");
    if definition.is_error {
        out.gap();
        out.push("// Error has the name of the type and of the flags that are set.");
        out.push(format!("func (v {name}) Error() string {{"));
        out.push(format!("return {} + v.String()", literal(&format!("{}: ", definition.wit))));
        out.push("}");
    }
}

fn constants(ty: &str, value: &str, members: &[Member], out: &mut Code) {
    if members.is_empty() {
        return;
    }
    out.gap();
    out.push("const (");
    for (at, member) in members.iter().enumerate() {
        out.comment(&member.docs.lines);
        let first = if at == 0 { format!(" {ty} = {value}") } else { String::new() };
        out.push(format!("{}{first}", member.name));
    }
    out.push(")");
}

/// Most characters of a line of names.
const WIDTH: usize = 100;

fn labels(ty: &str, members: &[Member], out: &mut Code) {
    out.gap();
    let literals: Vec<String> = members.iter().map(|member| literal(&member.wit)).collect();
    let start = format!("var {} = []string{{", labels_name(ty));
    let joined = literals.join(", ");
    if start.len() + joined.len() < WIDTH {
        out.push(format!("{start}{joined}}}"));
        return;
    }
    out.push(start);
    let mut line = String::new();
    for literal in literals {
        if line.len() + literal.len() + 2 > WIDTH {
            out.push(line.trim_end());
            line.clear();
        }
        line.push_str(&format!("{literal}, "));
    }
    out.push(line.trim_end());
    out.push("}");
}

/// The private list of a type's labels.
fn labels_name(ty: &str) -> String {
    format!("{}Labels", names::uncapitalized(ty))
}
