//! Names of WIT as Go identifiers, before they are declared in a scope.

use types::ExternName;
use types::name::AccessorOf;

/// The words of the language.
pub const KEYWORDS: &[&str] = &[
    "break",
    "case",
    "chan",
    "const",
    "continue",
    "default",
    "defer",
    "else",
    "fallthrough",
    "for",
    "func",
    "go",
    "goto",
    "if",
    "import",
    "interface",
    "map",
    "package",
    "range",
    "return",
    "select",
    "struct",
    "switch",
    "type",
    "var",
];

/// Names that every package has, and what generated code calls by them.
pub const PREDECLARED: &[&str] = &[
    "any",
    "append",
    "bool",
    "byte",
    "cap",
    "clear",
    "close",
    "comparable",
    "complex",
    "complex128",
    "complex64",
    "copy",
    "delete",
    "error",
    "false",
    "float32",
    "float64",
    "imag",
    "init",
    "int",
    "int16",
    "int32",
    "int64",
    "int8",
    "iota",
    "len",
    "make",
    "max",
    "min",
    "new",
    "nil",
    "panic",
    "print",
    "println",
    "real",
    "recover",
    "rune",
    "string",
    "true",
    "uint",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "uintptr",
];

/// Packages that generated code may import beside those of the world: the standard library's and ours.
pub const IMPORTED: &[&str] =
    &["context", "errors", "io", "iter", "math", "rt", "runtime", "strconv", "strings", "task", "unsafe", "wit"];

/// Folders that the go command takes for something else, and the name of programs.
const SPECIAL: &[&str] = &["internal", "main", "testdata", "vendor"];

/// Words that Go programmers write in capitals.
const INITIALISMS: &[&str] = &[
    "acl", "api", "ascii", "cpu", "css", "dns", "eof", "guid", "html", "http", "https", "id", "ip", "json", "lhs",
    "qps", "ram", "rhs", "rpc", "sla", "smtp", "sql", "ssh", "tcp", "tls", "ttl", "udp", "ui", "uid", "uri", "url",
    "utf8", "uuid", "vm", "xml", "xmpp", "xsrf", "xss",
];

/// `user-id` as `UserID`.
pub fn upper(kebab: &str) -> String {
    kebab.split('-').map(upper_word).collect()
}

/// `user-id` as `userID`.
pub fn lower(kebab: &str) -> String {
    let mut words = kebab.split('-');
    let first = words.next().unwrap_or_default().to_ascii_lowercase();
    words.map(upper_word).fold(first, |name, word| name + &word)
}

fn upper_word(word: &str) -> String {
    let word = word.to_ascii_lowercase();
    if INITIALISMS.contains(&word.as_str()) {
        return word.to_ascii_uppercase();
    }
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// `UserID` as `userID` would be another name's form, so only the first letter changes: `HTTPGet` is `hTTPGet`.
pub fn uncapitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

/// `monotonic-clock` as the package `monotonicclock`; a word that means something else gets `pkg` behind it.
pub fn package(kebab: &str) -> String {
    let name: String = kebab.chars().filter(|c| *c != '-').collect::<String>().to_ascii_lowercase();
    let word = name.as_str();
    let is_taken = KEYWORDS.contains(&word) || PREDECLARED.contains(&word) || SPECIAL.contains(&word);
    if is_taken { name + "pkg" } else { name }
}

/// The wish for a function's name. A constructor is `NewCounter`, a static `CounterMerge`, a method `Increment`.
pub fn func(name: &ExternName) -> String {
    match name {
        ExternName::Label(label) | ExternName::Method(_, label) => upper(label),
        ExternName::Static(resource, label) => upper(resource) + &upper(label),
        ExternName::Constructor(resource) => format!("New{}", upper(resource)),
        ExternName::Interface(name) => upper(&name.interface),
        ExternName::Accessor(accessor) => {
            let name = if accessor.set { format!("Set{}", upper(&accessor.name)) } else { upper(&accessor.name) };
            match &accessor.of {
                AccessorOf::Scope | AccessorOf::Method(_) => name,
                AccessorOf::Static(resource) => upper(resource) + &name,
            }
        }
    }
}

/// A name that no other function of the package shares, for what is private: `CounterIncrement`.
pub fn whole(name: &ExternName) -> String {
    let of = match name {
        ExternName::Method(resource, _) => upper(resource),
        ExternName::Accessor(accessor) => match &accessor.of {
            AccessorOf::Method(resource) => upper(resource),
            AccessorOf::Scope | AccessorOf::Static(_) => String::new(),
        },
        ExternName::Label(_) | ExternName::Static(..) | ExternName::Constructor(_) | ExternName::Interface(_) => {
            String::new()
        }
    };
    of + &func(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_go_programmers_do() {
        assert_eq!((upper("user-id"), lower("user-id"), lower("id")), ("UserID".into(), "userID".into(), "id".into()));
        assert_eq!((upper("HTTP-get"), lower("HTTP-get")), ("HTTPGet".into(), "httpGet".into()));
        assert_eq!((upper("a-1-b"), upper("utf8-text")), ("A1B".into(), "UTF8Text".into()));
        assert_eq!((package("monotonic-clock"), package("type")), ("monotonicclock".into(), "typepkg".into()));
    }
}
