//! Where pages are, and how they name one another.
//!
//! In: names of packages, interfaces and worlds. Out: paths of files, and links from one to another.
//! Holds: paths are relative, so that the site works from a folder and below any address; names of packages have no dot,
//! so that no package's folder has the name of a file.

use types::PackageName;

/// The page of all packages.
pub(crate) const INDEX: &str = "index.html";
/// The page of the types that WIT has by itself.
pub(crate) const BUILT_IN: &str = "wit-types.html";
pub(crate) const STYLE: &str = "style.css";
pub(crate) const SCRIPT: &str = "site.js";
pub(crate) const SEARCH: &str = "search-index.js";

/// The folder of a package: `wasi/http/0.2.12/`.
pub(crate) fn folder(package: &PackageName) -> String {
    let PackageName { namespace, name, version } = package;
    match version {
        Some(version) => format!("{namespace}/{name}/{version}/"),
        None => format!("{namespace}/{name}/"),
    }
}

pub(crate) fn package_page(package: &PackageName) -> String {
    format!("{}index.html", folder(package))
}

pub(crate) fn interface_page(package: &PackageName, interface: &str) -> String {
    format!("{}interface.{interface}.html", folder(package))
}

pub(crate) fn world_page(package: &PackageName, world: &str) -> String {
    format!("{}world.{world}.html", folder(package))
}

/// A place on a page: what a link leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Spot {
    pub page: String,
    /// The anchor; empty for the page itself.
    pub id: String,
}

impl Spot {
    pub(crate) fn page(page: impl Into<String>) -> Self {
        Self { page: page.into(), id: String::new() }
    }

    /// The link to it from a page.
    pub(crate) fn from(&self, page: &str) -> String {
        let id = if self.id.is_empty() { String::new() } else { format!("#{}", encoded(&self.id)) };
        if self.page == page && !id.is_empty() {
            return id;
        }
        format!("{}{id}", relative(page, &self.page))
    }
}

/// The link from one page to another file of the site.
pub(crate) fn relative(from: &str, to: &str) -> String {
    let (from, to): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let shared = shared.min(from.len() - 1).min(to.len() - 1);
    let up = "../".repeat(from.len() - 1 - shared);
    format!("{up}{}", encoded(&to[shared..].join("/")))
}

/// What an address may not hold as it is, in percent.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'+' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_relative() {
        let here = "wasi/http/0.2.12/interface.types.html";
        assert_eq!(relative(here, "style.css"), "../../../style.css");
        assert_eq!(relative(here, "wasi/http/0.2.12/index.html"), "index.html");
        assert_eq!(relative(here, "wasi/io/0.2.12/index.html"), "../../io/0.2.12/index.html");
        assert_eq!(relative("index.html", "wasi/http/index.html"), "wasi/http/index.html");
        assert_eq!(Spot { page: here.into(), id: "type.a".into() }.from(here), "#type.a");
        assert_eq!(Spot { page: "a/b.html".into(), id: "x\"<".into() }.from("a/c.html"), "b.html#x%22%3C");
    }
}
