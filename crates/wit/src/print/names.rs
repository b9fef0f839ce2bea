//! Names as WIT text writes them.

use types::PackageName;

use crate::syntax::KEYWORDS;

/// What older parsers read as types; escaped so that they read a name.
const OLD_KEYWORDS: [&str; 2] = ["float32", "float64"];

/// A name, escaped if it is a keyword.
pub(super) fn escaped(name: &str) -> String {
    if KEYWORDS.contains(&name) || OLD_KEYWORDS.contains(&name) { format!("%{name}") } else { name.to_owned() }
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
