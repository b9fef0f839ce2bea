//! A misfit in words: which part of which function or type, and both sides.
//!
//! In: a mismatch with its path. Out: a headline that stands alone, and the text of the first label.

use types::mismatch::{NOTHING, Step};
use types::subtype::{Options, find_item};
use types::{ComponentType, ExternName, Item, ItemKind, Mismatch, MismatchKind, Types};

use super::Compared;

impl Compared<'_> {
    /// ``the component does not export `add`, which the world `calc` asks for``.
    pub(super) fn headline(self, mismatch: &Mismatch) -> String {
        let world = &self.target.name;
        match (mismatch.path.0.as_slice(), mismatch.kind) {
            ([Step::Export(name)], MismatchKind::Missing) => {
                format!("the component does not export `{name}`, which the world `{world}` asks for")
            }
            ([Step::Import(name)], MismatchKind::Extra) => {
                format!("the component imports `{name}`, which the world `{world}` does not give")
            }
            _ => format!("the component does not fit the world `{world}`: {}", self.difference(mismatch)),
        }
    }

    /// ``parameter 2 of `add`: expected `string`, found `list<u8>` ``.
    pub(super) fn difference(self, mismatch: &Mismatch) -> String {
        let sides = match mismatch.path.0.as_slice() {
            [Step::Export(_)] if mismatch.found == NOTHING => format!("the world asks for {}", an(&mismatch.expected)),
            [Step::Import(_)] if mismatch.expected == NOTHING => {
                format!("the component asks for {}, the world has none", an(&mismatch.found))
            }
            _ => mismatch.text(),
        };
        let part = match (mismatch.path.0.as_slice(), mismatch.kind) {
            ([Step::Import(name) | Step::Export(name)], MismatchKind::Differs) => format!("`{name}`"),
            (steps, _) => self.part(steps),
        };
        if part.is_empty() { sides } else { format!("{part}: {sides}") }
    }

    /// Which part differs: of the function or type, from the outside in. Nothing for a whole import or export.
    fn part(self, steps: &[Step]) -> String {
        let mut parts = Vec::new();
        let mut name: Option<&ExternName> = None;
        for (index, step) in steps.iter().enumerate() {
            match step {
                Step::Import(item) | Step::Export(item) | Step::Item(item) => name = Some(item),
                Step::Param(label) => parts.push(self.parameter(&steps[..index], label, name)),
                Step::Result => parts.push(format!("the result{}", of(name))),
                Step::Field(label) => parts.push(format!("field `{label}`{}", of(owner(&steps[..index], name)))),
                Step::Case(label) => parts.push(format!("case `{label}`{}", of(owner(&steps[..index], name)))),
                Step::Part(index) => parts.push(format!("part {}", index + 1)),
                Step::Element => parts.push("the element".to_owned()),
                Step::Key => parts.push("the key".to_owned()),
                Step::Value => parts.push("the value".to_owned()),
                Step::Ok => parts.push("`ok`".to_owned()),
                Step::Err => parts.push("`err`".to_owned()),
            }
        }
        match (parts.is_empty(), steps, name) {
            (true, [_, _, ..], Some(name)) => format!("`{name}`"),
            _ => parts.join(", "),
        }
    }

    /// ``parameter 2 of `add` ``, counted from 1 as the world has it, or else the component.
    fn parameter(self, to: &[Step], label: &str, name: Option<&ExternName>) -> String {
        let position = |component: &ComponentType| {
            let ItemKind::Func(func) = item_at(self.types, component, to)?.kind else { return None };
            self.types.func(func).params.iter().position(|param| param.name == *label)
        };
        match position(&self.target.component).or_else(|| position(self.found)) {
            Some(index) => format!("parameter {}{}", index + 1, of(name)),
            None => format!("parameter `{label}`{}", of(name)),
        }
    }
}

/// A kind of item by its name, anything else as it is written.
fn an(words: &str) -> String {
    match words {
        "interface" => "an interface".to_owned(),
        "resource" | "component" | "core module" => format!("a {words}"),
        _ => format!("`{words}`"),
    }
}

fn of(name: Option<&ExternName>) -> String {
    name.map(|name| format!(" of `{name}`")).unwrap_or_default()
}

/// The type whose part is meant, if the path leads straight to it.
fn owner<'a>(to: &[Step], name: Option<&'a ExternName>) -> Option<&'a ExternName> {
    let is_item = |step: &Step| matches!(step, Step::Import(_) | Step::Export(_) | Step::Item(_));
    name.filter(|_| to.last().is_some_and(is_item))
}

/// The import or export, or the item of an interface, that a path leads to.
fn item_at<'a>(types: &'a Types, component: &'a ComponentType, path: &[Step]) -> Option<&'a Item> {
    let options = Options { tracks: true };
    let mut found: Option<&Item> = None;
    for step in path {
        let (items, name) = match (step, found.map(|item| item.kind)) {
            (Step::Import(name), None) => (&component.imports, name),
            (Step::Export(name), None) => (&component.exports, name),
            (Step::Item(name), Some(ItemKind::Instance(id))) => (&types.instance(id).exports, name),
            (_, _) => return None,
        };
        found = Some(find_item(items, name, options)?.1);
    }
    found
}
