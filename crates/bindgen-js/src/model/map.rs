//! Where imports come from.
//!
//! In: the id of an import, the user's map. Out: a module, and a member of it if not the module itself is meant.
//! Holds: an exact id wins over one without a version, that over a pattern with a version, that over one without; then a
//! version of the same track; the user's entries win over the built-in ones, and later ones over earlier ones.

use types::{ExternName, InterfaceName};

use crate::options::{Options, Wasi};
use crate::{SHIM, names, wasi};

/// Interfaces of WASI 0.2, which an npm package implements.
const SHIMS: &[&str] = &["cli", "clocks", "filesystem", "http", "io", "random", "sockets"];

/// A module, and what of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub module: String,
    pub member: Option<String>,
}

/// Where an import comes from.
pub fn target(name: &ExternName, options: &Options) -> Target {
    let interface = if let ExternName::Interface(interface) = name { Some(interface) } else { None };
    mapped(name, &options.map)
        .or_else(|| built_in(interface?, options.wasi))
        .unwrap_or_else(|| Target { module: names::without_version(name), member: None })
}

/// What the user's map says of an import.
fn mapped(name: &ExternName, map: &[(String, String)]) -> Option<Target> {
    let id = name.to_string();
    let bare = names::without_version(name);
    let interface = if let ExternName::Interface(interface) = name { Some(interface) } else { None };
    let found = [id.as_str(), bare.as_str()].into_iter().find_map(|wanted| exact(wanted, map));
    let found = found.or_else(|| wildcard(interface?, map));
    let found = found.or_else(|| same_track(interface?, map));
    let (value, star) = found?;
    Some(split(&value.replace('*', &star)))
}

/// Whether an entry of the map is for an import of that name.
pub fn maps(entry: &(String, String), name: &ExternName) -> bool {
    mapped(name, std::slice::from_ref(entry)).is_some()
}

fn exact(id: &str, map: &[(String, String)]) -> Option<(String, String)> {
    let (_, value) = map.iter().rev().find(|(from, _)| from == id)?;
    let star = id.split('@').next()?.rsplit('/').next().map(names::member)?;
    Some((value.clone(), star))
}

/// `wasi:cli/*@0.2.0` before `wasi:cli/*`.
fn wildcard(name: &InterfaceName, map: &[(String, String)]) -> Option<(String, String)> {
    let bare = format!("{}:{}/*", name.package.namespace, name.package.name);
    let versioned = name.package.version.as_ref().map(|version| format!("{bare}@{version}"));
    let found = versioned.iter().chain([&bare]).find_map(|wanted| map.iter().rev().find(|(from, _)| from == wanted));
    found.map(|(_, value)| (value.clone(), names::member(&name.interface)))
}

/// Of entries with a version of the same track, the highest.
fn same_track(name: &InterfaceName, map: &[(String, String)]) -> Option<(String, String)> {
    name.package.version.as_ref()?;
    let entries = map.iter().filter_map(|(from, value)| Some((InterfaceName::parse(from)?, value)));
    let fits = entries.filter(|(from, _)| {
        from.package.version.is_some()
            && from.package.same_track(&name.package)
            && (from.interface == name.interface || from.interface == "*")
    });
    let (_, value) = fits.max_by(|(a, _), (b, _)| a.package.version.cmp(&b.package.version))?;
    Some((value.clone(), names::member(&name.interface)))
}

/// `path#member`
fn split(value: &str) -> Target {
    match value.split_once('#') {
        Some((module, member)) => Target { module: module.to_owned(), member: Some(member.to_owned()) },
        None => Target { module: value.to_owned(), member: None },
    }
}

/// WASI 0.2 comes from the package that implements it in npm, or from files beside the module; what there is of WASI 0.3
/// are such files.
fn built_in(name: &InterfaceName, from: Wasi) -> Option<Target> {
    let package = &name.package.name;
    if name.package.namespace != "wasi" || !SHIMS.contains(&package.as_str()) {
        return None;
    }
    let module = match (name.package.version.as_ref().map(|version| (version.major, version.minor)), from) {
        (None | Some((0, 2)), Wasi::Inline) if wasi::implements(name) => wasi::module(package),
        (None | Some((0, 2)), Wasi::Inline | Wasi::Shim) => format!("{SHIM}{package}"),
        (Some((0, 3)), Wasi::Inline) if wasi::implements_3(name) => wasi::module_3(package),
        (Some(_), Wasi::Inline | Wasi::Shim) => return None,
    };
    Some(Target { module, member: Some(names::member(&name.interface)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(id: &str, map: &[(&str, &str)]) -> String {
        written(id, map, Wasi::Shim)
    }

    fn written(id: &str, map: &[(&str, &str)], wasi: Wasi) -> String {
        let map: Vec<_> = map.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        let options = Options { map, wasi, ..Options::default() };
        let Target { module, member } = target(&ExternName::parse(id).unwrap(), &options);
        member.map_or(module.clone(), |member| format!("{module}#{member}"))
    }

    #[test]
    fn the_nearest_entry_wins() {
        let id = "a:b/some-thing@1.2.0";
        assert_eq!(mapped(id, &[]), "a:b/some-thing");
        assert_eq!(mapped(id, &[("a:b/*", "./all.js#*")]), "./all.js#someThing");
        assert_eq!(mapped(id, &[("a:b/*@1.2.0", "./v.js"), ("a:b/*", "./all.js")]), "./v.js");
        assert_eq!(mapped(id, &[("a:b/some-thing", "./one.js"), ("a:b/*@1.2.0", "./v.js")]), "./one.js");
        assert_eq!(mapped(id, &[(id, "./exact.js"), ("a:b/some-thing", "./one.js")]), "./exact.js");
        assert_eq!(mapped(id, &[("a:b/*", "./1.js"), ("a:b/*", "./2.js")]), "./2.js");
    }

    #[test]
    fn versions_of_one_track_fit() {
        let map = [("a:b/c@1.1.0", "./1.js"), ("a:b/c@1.9.0", "./9.js"), ("a:b/c@2.0.0", "./two.js")];
        assert_eq!(mapped("a:b/c@1.2.0", &map), "./9.js");
        assert_eq!(mapped("a:b/c@3.0.0", &map), "a:b/c");
    }

    #[test]
    fn wasi_comes_from_its_package() {
        assert_eq!(mapped("wasi:cli/stdout@0.2.3", &[]), "@bytecodealliance/preview2-shim/cli#stdout");
        assert_eq!(mapped("wasi:cli/stdout@0.2.3", &[("wasi:cli/*", "./x.js")]), "./x.js");
        assert_eq!(mapped("wasi:cli/stdout@0.3.0", &[]), "wasi:cli/stdout");
        assert_eq!(mapped("log", &[("log", "./log.js")]), "./log.js");
        let inline = |id| written(id, &[], Wasi::Inline);
        assert_eq!(inline("wasi:cli/terminal-stdin@0.2.3"), "./wasi/cli.js#terminalStdin");
        assert_eq!(inline("wasi:http/types@0.2.3"), "@bytecodealliance/preview2-shim/http#types");
        assert_eq!(inline("wasi:cli/stdout@0.3.0"), "wasi:cli/stdout");
        assert_eq!(inline("wasi:clocks/monotonic-clock@0.3.0"), "./wasi/clocks3.js#monotonicClock");
        assert_eq!(mapped("wasi:clocks/monotonic-clock@0.3.0", &[]), "wasi:clocks/monotonic-clock");
    }
}
