//! Names as JavaScript has them.
//!
//! In: labels and names of imports and exports. Out: identifiers, properties, string literals.
//! Holds: what two labels of one scope become is never the same; the `.js` and the `.d.ts` have their names from here.

use bindgen::{Scope, case};
use indexmap::IndexMap;
use types::ExternName;
use types::name::{Accessor, AccessorOf};

/// Words that are no identifier, and those that strict mode or a module takes away.
pub const RESERVED: &[&str] = &[
    "arguments",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// Globals that generated code uses: no declaration of a module hides them.
pub const GLOBALS: &[&str] = &[
    "Array",
    "ArrayBuffer",
    "Atomics",
    "BigInt",
    "BigInt64Array",
    "BigUint64Array",
    "Boolean",
    "DataView",
    "Date",
    "Error",
    "FinalizationRegistry",
    "Float32Array",
    "Float64Array",
    "Infinity",
    "Int16Array",
    "Int32Array",
    "Int8Array",
    "Iterator",
    "Map",
    "Math",
    "NaN",
    "Number",
    "Object",
    "Promise",
    "RangeError",
    "ReadableStream",
    "Reflect",
    "Response",
    "Set",
    "String",
    "Symbol",
    "TextDecoder",
    "TextEncoder",
    "TypeError",
    "URL",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "WeakMap",
    "WeakRef",
    "WebAssembly",
    "console",
    "crypto",
    "fetch",
    "globalThis",
    "performance",
    "process",
    "queueMicrotask",
    "setTimeout",
];

/// `take-string` as `takeString`: functions, methods, fields, flags, parameters, namespaces. It may be a reserved word,
/// which properties may be.
pub fn member(label: &str) -> String {
    case::lower_camel(label)
}

/// `task-list` as `TaskList`: resources and types.
pub fn class(label: &str) -> String {
    case::upper_camel(label)
}

/// The names of the members of one record, flags type or parameter list, in order: where two labels become the same, as
/// `a-1` and `a1` do, the later gets `_` behind it.
pub fn members<'l>(labels: impl IntoIterator<Item = &'l str>) -> Vec<String> {
    let mut scope = Scope::new(&[]);
    labels.into_iter().map(|label| scope.declare(member(label))).collect()
}

/// A parameter's name, in a scope of identifiers: those of a function begin in a scope with `RESERVED` words.
pub fn parameters<'l>(labels: impl IntoIterator<Item = &'l str>, scope: &mut Scope) -> Vec<String> {
    labels.into_iter().map(|label| scope.declare(member(label))).collect()
}

/// The name of a function as the member of its namespace or class; a constructor is `constructor`.
pub fn function(name: &ExternName) -> String {
    match name {
        ExternName::Label(label) => member(label),
        ExternName::Constructor(_) => "constructor".to_owned(),
        ExternName::Method(_, name) | ExternName::Static(_, name) => member(name),
        ExternName::Accessor(Accessor { of, name, .. }) => match of {
            AccessorOf::Scope | AccessorOf::Method(_) | AccessorOf::Static(_) => member(name),
        },
        ExternName::Interface(name) => member(&name.interface),
    }
}

/// What an item of a scope is, as far as its name depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Func,
    /// A resource.
    Class,
    /// An instance, or a core module.
    Object,
    /// Nothing that has a value of its own there.
    Nothing,
}

/// What no member of the object of a whole component is called: `import()` and `await` would take it for a promise.
pub const OF_COMPONENT: &[&str] = &["then"];

/// The names of the items of one scope, in order: of a namespace, or of what a component imports or exports itself,
/// where none is called as one of `taken`. What has an interface's id comes last; where two names meet, the later one
/// gives way; a getter and its setter have one name. Functions of a resource have their names in its class.
pub fn of_scope<'n>(
    items: impl IntoIterator<Item = (&'n ExternName, Sort)>,
    taken: &'static [&'static str],
) -> Vec<Option<String>> {
    let items: Vec<(&ExternName, Sort)> = items.into_iter().collect();
    let mut out = vec![None; items.len()];
    let mut scope = Scope::new(taken);
    let mut accessors: IndexMap<&str, String> = IndexMap::new();
    let mut classes: IndexMap<&str, Vec<usize>> = IndexMap::new();
    let is_id = |at: &usize| matches!(items[*at].0, ExternName::Interface(_));
    let (ids, labels): (Vec<usize>, Vec<usize>) = (0..items.len()).partition(is_id);
    for at in labels.into_iter().chain(ids) {
        let (name, sort) = items[at];
        let wish = match (sort, name) {
            (Sort::Nothing, _) => continue,
            (Sort::Func, name) if name.resource().is_some() => {
                classes.entry(name.resource().unwrap_or_default()).or_default().push(at);
                continue;
            }
            (Sort::Func, ExternName::Accessor(accessor)) => {
                let known = accessors.entry(&accessor.name).or_insert_with(|| scope.declare(member(&accessor.name)));
                out[at] = Some(known.clone());
                continue;
            }
            (Sort::Class, ExternName::Label(label)) => class(label),
            (Sort::Func | Sort::Class | Sort::Object, name) => function(name),
        };
        out[at] = Some(scope.declare(wish));
    }
    for members in classes.into_values() {
        let names = class_members(members.iter().map(|at| items[*at].0));
        members.into_iter().zip(names).for_each(|(at, name)| out[at] = Some(name));
    }
    out
}

/// The names of a resource's functions, in order: those of its objects and those of the class itself are apart from each
/// other. A getter and its setter have one name. A static function `prototype` gives way to what every class has; a
/// method `constructor` keeps its name, which a class has to write as `['constructor']`.
pub fn class_members<'n>(names: impl IntoIterator<Item = &'n ExternName>) -> Vec<String> {
    let (mut of_objects, mut of_class) = (Scope::new(&[]), Scope::new(&["prototype"]));
    let mut accessors: Vec<(&AccessorOf, &str, String)> = Vec::new();
    let declare = |name: &'n ExternName| match name {
        ExternName::Constructor(_) => function(name),
        ExternName::Static(..) => of_class.declare(function(name)),
        ExternName::Label(_) | ExternName::Method(..) | ExternName::Interface(_) => of_objects.declare(function(name)),
        ExternName::Accessor(Accessor { of, name: label, .. }) => {
            if let Some((.., known)) = accessors.iter().find(|(side, known, _)| *side == of && known == label) {
                return known.clone();
            }
            let scope = match of {
                AccessorOf::Static(_) => &mut of_class,
                AccessorOf::Method(_) | AccessorOf::Scope => &mut of_objects,
            };
            accessors.push((of, label, scope.declare(member(label))));
            accessors.last().map(|(.., name)| name.clone()).unwrap_or_default()
        }
    };
    names.into_iter().map(declare).collect()
}

/// The name without the version of its package: `wasi:cli/stdout`.
pub fn without_version(name: &ExternName) -> String {
    let text = name.to_string();
    text.split_once('@').map_or_else(|| text.clone(), |(bare, _)| bare.to_owned())
}

/// Whether the text can stand as an identifier: what comes from labels needs no more than ASCII.
pub fn is_identifier(text: &str) -> bool {
    is_name(text) && !RESERVED.contains(&text)
}

/// Whether the text can stand behind a dot, or as a key, without quotes.
fn is_name(text: &str) -> bool {
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '$';
    text.starts_with(starts) && text.chars().all(|c| starts(c) || c.is_ascii_digit())
}

/// A key in an object or a name in braces: `add`, `'wasi:cli/run@0.2.0'`.
pub fn key(text: &str) -> String {
    if is_name(text) { text.to_owned() } else { literal(text) }
}

/// The member of an object: `.add`, `['memory.grow']`.
pub fn access(text: &str) -> String {
    if is_name(text) { format!(".{text}") } else { format!("[{}]", literal(text)) }
}

/// A string literal: `'it\'s'`. Whatever the text holds, the literal is of one line and ends where it should.
pub fn literal(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\'' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_meet_give_way_in_order() {
        assert_eq!(members(["a-1", "a1", "new", "take-string"]), ["a1", "a1_", "new", "takeString"]);
        let mut scope = Scope::new(RESERVED);
        assert_eq!(parameters(["eval", "arguments", "is-new"], &mut scope), ["eval_", "arguments_", "isNew"]);
    }

    #[test]
    fn reserved_words_are_in_order_for_who_reads_them() {
        assert!(RESERVED.is_sorted() && GLOBALS.is_sorted());
    }

    #[test]
    fn functions_have_the_name_behind_their_resource() {
        let name = |text: &str| function(&ExternName::parse(text).unwrap());
        assert_eq!(name("take-string"), "takeString");
        assert_eq!(name("[method]task-list.push-back"), "pushBack");
        assert_eq!(name("[constructor]task-list"), "constructor");
        assert_eq!(name("wasi:http/incoming-handler@0.2.0"), "incomingHandler");
        assert_eq!(without_version(&ExternName::parse("a:b/c@0.1.0").unwrap()), "a:b/c");
    }

    #[test]
    fn members_of_a_class_give_way_to_what_every_class_has() {
        let names = [
            "[constructor]r",
            "[method]r.constructor",
            "[static]r.prototype",
            "[static]r.a-1",
            "[method]r.a1",
            "[method]r.a-1",
            "[method][get]r.size",
            "[method][set]r.size",
        ];
        let names: Vec<ExternName> = names.iter().map(|text| ExternName::parse(text).unwrap()).collect();
        let members = ["constructor", "constructor", "prototype_", "a1", "a1", "a1_", "size", "size"];
        assert_eq!(class_members(&names), members);
    }

    #[test]
    fn names_of_a_scope_give_way_in_order_and_those_with_ids_last() {
        let items = [
            ("a:b/a1", Sort::Object),
            ("a-1", Sort::Func),
            ("a1", Sort::Func),
            ("r", Sort::Class),
            ("[method]r.b-1", Sort::Func),
            ("[method]r.b1", Sort::Func),
            ("[get]size", Sort::Func),
            ("[set]size", Sort::Func),
            ("size", Sort::Func),
            ("then", Sort::Func),
            ("t", Sort::Nothing),
        ];
        let parsed = items.map(|(name, sort)| (ExternName::parse(name).unwrap(), sort));
        let names = of_scope(parsed.iter().map(|(name, sort)| (name, *sort)), OF_COMPONENT);
        let names: Vec<&str> = names.iter().map(|name| name.as_deref().unwrap_or_default()).collect();
        assert_eq!(names, ["a1_2", "a1", "a1_", "R", "b1", "b1_", "size", "size", "size_", "then_", ""]);
    }

    #[test]
    fn texts_are_quoted_where_they_must_be() {
        assert_eq!(key("default"), "default");
        assert_eq!(key("a:b/c"), "'a:b/c'");
        assert_eq!(access("cabi_realloc"), ".cabi_realloc");
        assert_eq!(access("a:b/c#d"), "['a:b/c#d']");
        assert_eq!(access(""), "['']");
        assert_eq!(literal("it's\n\u{2028}\\"), "'it\\'s\\n\\u2028\\\\'");
        assert!(is_identifier("a1") && !is_identifier("eval") && !is_identifier("1a"));
    }
}
