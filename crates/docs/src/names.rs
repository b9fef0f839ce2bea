//! Names as documentation writes them: `read`, `descriptor.read`, `streams`, `wasi:io/streams.input-stream`.
//!
//! In: what pages declare. Out: for a text, the spot that it means from here.
//! Holds: what could mean two things means nothing.

use std::collections::HashMap;

use semver::Version;
use types::name::AccessorOf;
use types::version::Track;
use types::{Accessor, ExternName, Label, PackageName};

use crate::path::{self, Spot};
use crate::site::Scope;

/// Longer texts are no names.
const LONGEST: usize = 200;

/// What can be named.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// By page and the beginning of the anchors.
    scopes: HashMap<(String, String), Local>,
    packages: HashMap<(Label, Label), Vec<Declared>>,
}

/// The names of one scope; `None` for what is ambiguous.
#[derive(Debug, Default)]
struct Local {
    full: HashMap<String, Spot>,
    /// Methods without their resource.
    short: HashMap<String, Option<Spot>>,
    /// Fields, cases and flags behind their type.
    parts: HashMap<String, Spot>,
}

/// The pages of one version of a package.
#[derive(Debug)]
struct Declared {
    name: PackageName,
    pages: HashMap<Label, String>,
}

/// From where a name is looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Here<'a> {
    pub page: &'a str,
    /// `None` where packages are described.
    pub package: Option<&'a PackageName>,
    pub prefix: &'a str,
    /// The anchor of what is documented: nothing links to itself.
    pub own: &'a str,
}

impl Names {
    pub(crate) fn add_page(&mut self, package: &PackageName, name: &str, page: &str) {
        let versions = self.packages.entry((package.namespace.clone(), package.name.clone())).or_default();
        match versions.iter_mut().find(|one| one.name == *package) {
            Some(one) => drop(one.pages.insert(name.to_owned(), page.to_owned())),
            None => {
                let pages = HashMap::from([(name.to_owned(), page.to_owned())]);
                versions.push(Declared { name: package.clone(), pages });
            }
        }
    }

    fn local(&mut self, scope: &Scope) -> &mut Local {
        self.scopes.entry((scope.page.clone(), scope.prefix.clone())).or_default()
    }

    pub(crate) fn add_item(&mut self, scope: &Scope, name: &ExternName, spot: &Spot) {
        let local = self.local(scope);
        let member = match name {
            ExternName::Label(name) => {
                local.full.insert(name.clone(), spot.clone());
                return;
            }
            ExternName::Constructor(of) => (of, "constructor"),
            ExternName::Method(of, name) | ExternName::Static(of, name) => (of, name.as_str()),
            ExternName::Accessor(Accessor { of: AccessorOf::Method(of) | AccessorOf::Static(of), name, .. }) => {
                (of, name.as_str())
            }
            ExternName::Accessor(_) | ExternName::Interface(_) => return,
        };
        let (of, name) = member;
        local.full.insert(format!("{of}.{name}"), spot.clone());
        let short = local.short.entry(name.to_owned());
        short.and_modify(|there| *there = None).or_insert_with(|| Some(spot.clone()));
    }

    pub(crate) fn add_part(&mut self, scope: &Scope, name: &str, id: &str) {
        let spot = Spot { page: scope.page.clone(), id: id.to_owned() };
        self.local(scope).parts.insert(name.to_owned(), spot);
    }

    /// What a piece of code in the text means in its own scope.
    pub(crate) fn near(&self, here: Here<'_>, text: &str) -> Option<Spot> {
        let name = plain(text)?;
        let found = self.beside(here, &name).or_else(|| self.in_scope(here.page, here.prefix, &name))?;
        (found.id != here.own).then_some(found)
    }

    /// What a link in the text means.
    pub(crate) fn anywhere(&self, here: Here<'_>, text: &str) -> Option<Spot> {
        if text.contains(':') && !text.contains("::") || text.contains('/') {
            return self.of_package(here, text);
        }
        let name = plain(text)?;
        if let Some(found) = self.beside(here, &name).or_else(|| self.in_scope(here.page, here.prefix, &name)) {
            return Some(found);
        }
        self.of_pages(self.declared(here.package?)?, &name)
    }

    /// What belongs to the same resource or type as what is documented: `read` in the text of `stream.write`.
    fn beside(&self, here: Here<'_>, name: &str) -> Option<Spot> {
        let mut words = here.own.strip_prefix(here.prefix)?.split('.').skip(1);
        let (of, is_alone) = (words.next()?, !name.contains('.'));
        let local = self.scopes.get(&(here.page.to_owned(), here.prefix.to_owned())).filter(|_| is_alone)?;
        let full = format!("{of}.{name}");
        local.full.get(&full).or_else(|| local.parts.get(&full)).cloned()
    }

    fn in_scope(&self, page: &str, prefix: &str, name: &str) -> Option<Spot> {
        let local = self.scopes.get(&(page.to_owned(), prefix.to_owned()))?;
        let short = || local.short.get(name).cloned().flatten();
        local.full.get(name).cloned().or_else(short).or_else(|| local.parts.get(name).cloned())
    }

    fn declared(&self, package: &PackageName) -> Option<&Declared> {
        let versions = self.packages.get(&(package.namespace.clone(), package.name.clone()))?;
        versions.iter().find(|one| one.name == *package)
    }

    /// `streams`, `streams.input-stream`.
    fn of_pages(&self, declared: &Declared, name: &str) -> Option<Spot> {
        let (page, item) = match name.split_once('.') {
            Some((page, item)) => (page, Some(item)),
            None => (name, None),
        };
        let page = declared.pages.get(page)?;
        match item {
            None => Some(Spot::page(page)),
            Some(item) => self.in_scope(page, "", item),
        }
    }

    /// `wasi:io`, `wasi:io/streams`, `wasi:io/streams@0.2.0#input-stream`, `wasi:io/streams.input-stream`.
    fn of_package(&self, here: Here<'_>, text: &str) -> Option<Spot> {
        let text = text.trim().trim_matches('`');
        if text.len() > LONGEST {
            return None;
        }
        let (package, rest) = text.split_once(':')?;
        let end = rest.find(['/', '@']).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        let (path, version, item) = parted(rest);
        let versions = self.packages.get(&(package.to_owned(), name.to_owned()))?;
        let declared = of_version(versions, version.as_ref(), here.package)?;
        match (path.is_empty(), item) {
            (true, None) => Some(Spot::page(path::package_page(&declared.name))),
            (true, Some(_)) => None,
            (false, None) => self.of_pages(declared, path),
            (false, Some(item)) => self.of_pages(declared, &format!("{path}.{}", plain(item)?)),
        }
    }
}

/// `/streams@0.2.0#read` as the interface, the version and the item, which may stand behind `.` too.
fn parted(rest: &str) -> (&str, Option<Version>, Option<&str>) {
    let (rest, mut item) = match rest.split_once('#') {
        Some((rest, item)) => (rest, Some(item)),
        None => (rest, None),
    };
    let (path, version) = rest.split_once('@').unwrap_or((rest, ""));
    let (path, version) = match version.split_once('/') {
        // `wasi:io@0.2.0/streams`, as some write it.
        Some((version, path)) => (path, version),
        None => (path.trim_start_matches('/'), version),
    };
    let mut parsed = Version::parse(version).ok();
    for (at, _) in version.rmatch_indices('.') {
        if parsed.is_some() || item.is_some() {
            break;
        }
        parsed = Version::parse(&version[..at]).ok();
        item = parsed.is_some().then(|| &version[at + 1..]);
    }
    match path.split_once('.') {
        Some((path, inner)) if item.is_none() => (path, parsed, Some(inner)),
        Some(_) | None => (path, parsed, item),
    }
}

/// The version that is meant: that one, one of its track, the one of the text's own package, the newest.
fn of_version<'a>(
    versions: &'a [Declared],
    wanted: Option<&Version>,
    own: Option<&PackageName>,
) -> Option<&'a Declared> {
    let exact = |version: Option<&Version>| versions.iter().find(|one| one.name.version.as_ref() == version);
    let track = |version: &Version| {
        let track = Track::of(Some(version));
        versions.iter().rfind(|one| Track::of(one.name.version.as_ref()) == track)
    };
    match wanted {
        Some(version) => exact(Some(version)).or_else(|| track(version)),
        None => own
            .and_then(|own| own.version.as_ref())
            .and_then(|own| exact(Some(own)).or_else(|| track(own)))
            .or(versions.last()),
    }
}

/// A name without its decoration: `` `read()` `` is `read`, `error::closed` is `error.closed`.
fn plain(text: &str) -> Option<String> {
    let text = text.trim().trim_matches('`');
    let text = text.strip_suffix("()").unwrap_or(text);
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let name = text.replace("::", ".").replace('#', ".");
    let is_name = |c: char| c.is_alphanumeric() || c == '-' || c == '.' || c == '%';
    name.chars().all(is_name).then(|| name.replace('%', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_packages_are_taken_apart() {
        let version = || Version::parse("0.2.0").ok();
        assert_eq!(parted("/streams"), ("streams", None, None));
        assert_eq!(parted("/streams@0.2.0"), ("streams", version(), None));
        assert_eq!(parted("/streams@0.2.0#read"), ("streams", version(), Some("read")));
        assert_eq!(parted("/streams@0.2.0.input-stream.read"), ("streams", version(), Some("input-stream.read")));
        assert_eq!(parted("/streams.input-stream"), ("streams", None, Some("input-stream")));
        assert_eq!(parted("@0.2.0/streams"), ("streams", version(), None));
        assert_eq!(parted(""), ("", None, None));
    }

    #[test]
    fn decoration_is_taken_off() {
        assert_eq!(plain("`a-b::c()`").as_deref(), Some("a-b.c"));
        assert_eq!(plain("%from").as_deref(), Some("from"));
        assert_eq!(plain("a b"), None);
    }
}
