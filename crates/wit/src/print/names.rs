//! Names as WIT text writes them.

use types::PackageName;

/// Words that are names only behind a `%`.
///
/// Specification: "WIT", "Keywords".
const KEYWORDS: [&str; 46] = [
    "_",
    "as",
    "async",
    "bool",
    "borrow",
    "char",
    "constructor",
    "enum",
    "error-context",
    "export",
    "f32",
    "f64",
    "float32",
    "float64",
    "flags",
    "from",
    "func",
    "future",
    "import",
    "include",
    "interface",
    "list",
    "map",
    "option",
    "own",
    "package",
    "record",
    "resource",
    "result",
    "s16",
    "s32",
    "s64",
    "s8",
    "static",
    "stream",
    "string",
    "tuple",
    "type",
    "u16",
    "u32",
    "u64",
    "u8",
    "use",
    "variant",
    "with",
    "world",
];

/// A name, escaped if it is a keyword.
pub(super) fn escaped(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("%{name}") } else { name.to_owned() }
}

/// `namespace:name@version`, escaped.
pub(super) fn package(name: &PackageName) -> String {
    let stem = format!("{}:{}", escaped(&name.namespace), escaped(&name.name));
    match &name.version {
        Some(version) => format!("{stem}@{version}"),
        None => stem,
    }
}

/// `namespace:name/interface@version`, or the interface's name alone within its own package.
pub(super) fn path(home: &PackageName, package: &PackageName, interface: &str) -> String {
    if home == package {
        return escaped(interface);
    }
    let stem = format!("{}:{}/{}", escaped(&package.namespace), escaped(&package.name), escaped(interface));
    match &package.version {
        Some(version) => format!("{stem}@{version}"),
        None => stem,
    }
}
