//! What the hosts of the targets have: which interfaces, in which versions.
//!
//! In: imports. Out: what of them a host does not have, each with what to do about it.
//! Holds: versions of one semver track fit each other, as they do in the engine that these hosts are made with; a
//! draft fits only itself.

use diag::{Diagnostic, Place};
use semver::Version;
use types::version::Track;
use types::{ExternName, InterfaceName};

use crate::app::{Component, Import, Since};
use crate::target::Trigger;

/// A host: the program of a target that runs components.
#[derive(Clone, Copy, Debug)]
pub struct Host {
    /// As its makers call it, with the version that the tables below are of.
    pub name: &'static str,
    pub packages: &'static [Package],
    /// What it calls of a component.
    pub triggers: &'static [(Trigger, &'static str)],
}

/// Interfaces of a package that a host has.
#[derive(Clone, Copy, Debug)]
pub struct Package {
    pub name: &'static str,
    pub versions: &'static [&'static str],
    pub interfaces: &'static [&'static str],
}

const fn package(
    name: &'static str,
    versions: &'static [&'static str],
    interfaces: &'static [&'static str],
) -> Package {
    Package { name, versions, interfaces }
}

const CLI: &[&str] = &[
    "environment",
    "exit",
    "stdin",
    "stdout",
    "stderr",
    "terminal-input",
    "terminal-output",
    "terminal-stdin",
    "terminal-stdout",
    "terminal-stderr",
];
const CLOCKS: &[&str] = &["monotonic-clock", "wall-clock"];
const FILESYSTEM: &[&str] = &["types", "preopens"];
const HTTP: &[&str] = &["types", "outgoing-handler"];
const IO: &[&str] = &["error", "poll", "streams"];
const RANDOM: &[&str] = &["random", "insecure", "insecure-seed"];
const SOCKETS: &[&str] =
    &["network", "instance-network", "ip-name-lookup", "tcp", "tcp-create-socket", "udp", "udp-create-socket"];

/// The handler and the program, where their versions are those of WASI 0.2.6.
const HTTP_0_2_6: (Trigger, &str) = (Trigger::Http, "wasi:http/incoming-handler@0.2.6");
const RUN_0_2_6: (Trigger, &str) = (Trigger::Command, "wasi:cli/run@0.2.6");

/// Spin: the world `spin:up/platform@3.6.0`, and the interfaces of Spin 1 that it still has.
pub const SPIN: Host = Host {
    name: "Spin 3.6",
    triggers: &[HTTP_0_2_6, RUN_0_2_6],
    packages: &[
        package("wasi:cli", &["0.2.6"], CLI),
        package("wasi:clocks", &["0.2.6"], CLOCKS),
        package("wasi:filesystem", &["0.2.6"], FILESYSTEM),
        package("wasi:http", &["0.2.6"], HTTP),
        package("wasi:io", &["0.2.6"], IO),
        package("wasi:random", &["0.2.6"], RANDOM),
        package("wasi:sockets", &["0.2.6"], SOCKETS),
        package("wasi:config", &["0.2.0-draft-2024-09-27"], &["store"]),
        package("wasi:keyvalue", &["0.2.0-draft2"], &["store", "atomics", "batch"]),
        package(
            "fermyon:spin",
            &["2.0.0"],
            &["key-value", "llm", "mqtt", "mysql", "postgres", "rdbms-types", "redis", "sqlite", "variables"],
        ),
        package(
            "fermyon:spin",
            &[""],
            &[
                "config",
                "http",
                "http-types",
                "key-value",
                "llm",
                "mysql",
                "postgres",
                "rdbms-types",
                "redis",
                "redis-types",
                "sqlite",
            ],
        ),
        package("spin:postgres", &["3.0.0", "4.0.0"], &["postgres"]),
        package("spin:sqlite", &["3.0.0"], &["sqlite"]),
    ],
};

/// wasmCloud 1: what its runtime links without experimental features.
pub const WASMCLOUD: Host = Host {
    name: "wasmCloud 1.9",
    triggers: &[(Trigger::Http, "wasi:http/incoming-handler@0.2.3")],
    packages: &[
        package("wasi:cli", &["0.2.3"], CLI),
        package("wasi:clocks", &["0.2.3"], CLOCKS),
        package("wasi:filesystem", &["0.2.3"], FILESYSTEM),
        package("wasi:http", &["0.2.3"], HTTP),
        package("wasi:io", &["0.2.3"], IO),
        package("wasi:random", &["0.2.3"], RANDOM),
        package("wasi:sockets", &["0.2.3"], SOCKETS),
        package("wasi:blobstore", &["0.2.0-draft"], &["blobstore", "container", "types"]),
        package("wasi:config", &["0.2.0-draft"], &["runtime", "store"]),
        package("wasi:keyvalue", &["0.2.0-draft"], &["atomics", "batch", "store"]),
        package("wasi:logging", &["0.1.0-draft", ""], &["logging"]),
        package("wasmcloud:bus", &["1.0.0", "2.0.1"], &["error", "lattice"]),
        package("wasmcloud:messaging", &["0.2.0"], &["consumer", "types"]),
        package("wasmcloud:secrets", &["0.1.0-draft"], &["reveal", "store"]),
    ],
};

/// containerd's shim for wasmtime, of a component that answers HTTP requests.
pub const SHIM_HTTP: Host = Host {
    name: "containerd's shim for wasmtime",
    triggers: &[HTTP_0_2_6, RUN_0_2_6],
    packages: &[
        package("wasi:cli", &["0.2.6"], CLI),
        package("wasi:clocks", &["0.2.6"], CLOCKS),
        package("wasi:filesystem", &["0.2.6"], FILESYSTEM),
        package("wasi:http", &["0.2.6"], HTTP),
        package("wasi:io", &["0.2.6"], IO),
        package("wasi:random", &["0.2.6"], RANDOM),
        package("wasi:sockets", &["0.2.6"], SOCKETS),
    ],
};

/// The same, of a program: it links no `wasi:http` for one.
pub const SHIM_COMMAND: Host = Host {
    name: "containerd's shim for wasmtime, for programs,",
    triggers: SHIM_HTTP.triggers,
    packages: &[
        package("wasi:cli", &["0.2.6"], CLI),
        package("wasi:clocks", &["0.2.6"], CLOCKS),
        package("wasi:filesystem", &["0.2.6"], FILESYSTEM),
        package("wasi:io", &["0.2.6"], IO),
        package("wasi:random", &["0.2.6"], RANDOM),
        package("wasi:sockets", &["0.2.6"], SOCKETS),
    ],
};

/// How a host stands to an interface that is asked of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fit {
    Has,
    /// It has the interface, in an older version of the track.
    Older(Version),
    /// It has the interface, in versions of other tracks.
    OtherTracks(Vec<&'static str>),
    /// It has the package without the interface.
    NoInterface(Vec<&'static str>),
    NoPackage,
}

impl Host {
    /// What starts the component, and what is wrong with that.
    pub fn trigger(&self, component: &Component, found: &mut Vec<Diagnostic>) -> Option<Trigger> {
        let exports = |interface: &str| {
            component.exports.iter().find(|export| unversioned(export).is_some_and(|name| name == interface))
        };
        let mut other = None;
        for (trigger, wanted) in self.triggers {
            let interface = wanted.split('@').next().unwrap_or(wanted);
            let Some(export) = exports(interface) else { continue };
            match fit_version(export, &[version_of(wanted)]) {
                Fit::Has | Fit::Older(_) => return Some(*trigger),
                Fit::OtherTracks(_) | Fit::NoInterface(_) | Fit::NoPackage => other = Some((export, *wanted)),
            }
        }
        let handler_0_3 = exports("wasi:http/handler").map(|export| (export, "wasi:http/incoming-handler@0.2.6"));
        found.push(match other.or(handler_0_3) {
            Some((export, wanted)) => diag::error("deploy/version", format!("{} does not call `{export}`", self.name))
                .label(component.place(&format!("export `{export}`")), format!("it calls `{wanted}`"))
                .help(format!("build the component for a world that exports `{wanted}`")),
            None => self.no_trigger(component),
        });
        None
    }

    fn no_trigger(&self, component: &Component) -> Diagnostic {
        let calls: Vec<String> = self.triggers.iter().map(|(_, name)| format!("`{name}`")).collect();
        let headline = format!("{} has nothing to call in `{}`", self.name, component.file);
        let of_wasi = component.exports.iter().find(|export| export.to_string().starts_with("wasi:"));
        let place = match of_wasi.or(component.exports.first()) {
            None => Place::file(&component.file),
            Some(first) => component.place(&format!("export `{first}`")),
        };
        let found = if component.exports.is_empty() { "exports nothing" } else { "what it exports" };
        diag::error("deploy/trigger", headline)
            .label(place, found)
            .help(format!("export {}, or package the app whose part this is", calls.join(" or ")))
    }

    /// Errors and notes for what is imported.
    pub fn check_imports(&self, component: &Component, found: &mut Vec<Diagnostic>) {
        let asked = || component.imports.iter().filter(|import| !import.is_types);
        found.extend(asked().filter_map(|import| self.check_import(component, import)));
        // Of what nobody knows whether it is later, the latest stands for all.
        let unknown = asked().filter(|import| import.since.is_none());
        let later = unknown.filter_map(|import| match self.fit(import.interface()) {
            Fit::Older(has) => Some((import, has)),
            Fit::Has | Fit::OtherTracks(_) | Fit::NoInterface(_) | Fit::NoPackage => None,
        });
        let latest = later.max_by(|(a, _), (b, _)| version(a.interface()).cmp(&version(b.interface())));
        if let Some((import, has)) = latest {
            let headline =
                format!("{} has `{}` as {has}: what came later is missing there", self.name, import.interface());
            let place = component.place(&format!("import `{}`", import.name));
            found.push(diag::note("deploy/version", headline).label(place, "the latest that is asked for"));
        }
    }

    fn check_import(&self, component: &Component, import: &Import) -> Option<Diagnostic> {
        let name = import.interface();
        let place = component.place(&format!("import `{}`", import.name));
        let asks = import.parts.iter().filter(|part| !part.is_empty()).map(|part| format!("`{part}`"));
        let asks: Vec<String> = asks.take(3).collect();
        let asks =
            if asks.is_empty() { "asked for here".to_owned() } else { format!("asked for by {}", asks.join(", ")) };
        match self.fit(name) {
            Fit::Has => None,
            Fit::Older(has) => self.later(name, &has, import.since.as_ref()).map(|found| found.label(place, asks)),
            Fit::OtherTracks(versions) => {
                let unversioned = unversioned(name).unwrap_or_default();
                let has: Vec<String> = versions.iter().map(|version| at(&unversioned, version)).collect();
                let headline = format!("{} does not have `{name}`", self.name);
                let help = format!("build the component against {}", has.join(" or "));
                Some(diag::error("deploy/version", headline).label(place, asks).help(help))
            }
            Fit::NoInterface(near) => {
                let help = match near.first() {
                    None => "take the interface out of the component's world".to_owned(),
                    Some(near) => {
                        let package = unversioned(name).unwrap_or_default();
                        let package = package.split('/').next().unwrap_or_default();
                        format!("did you mean `{package}/{near}`?")
                    }
                };
                Some(self.missing(name).label(place, asks).help(help))
            }
            Fit::NoPackage => {
                let help = match (name, unversioned(name)) {
                    (_, Some(interface)) if interface.starts_with("wasi:http/") => {
                        "export `wasi:http/incoming-handler`: only handlers are given `wasi:http`".to_owned()
                    }
                    (_, Some(interface)) if interface.starts_with("wasi:") => {
                        format!("plug in a component that exports `{name}`, or take it out of the world")
                    }
                    _ => format!("plug in a component that exports `{name}`: withe plug APP PLUG -o OUT"),
                };
                Some(self.missing(name).label(place, asks).help(help))
            }
        }
    }

    fn missing(&self, name: &ExternName) -> Diagnostic {
        diag::error("deploy/import", format!("{} does not provide `{name}`", self.name))
    }

    /// An interface of a later version is missed only where something in it is later.
    fn later(&self, name: &ExternName, has: &Version, since: Option<&Since>) -> Option<Diagnostic> {
        let Since { version, what } = since.filter(|since| since.version > *has)?;
        let interface = unversioned(name).unwrap_or_default();
        let headline = format!("{} has `{interface}` as {has}, without `{what}`, which came with {version}", self.name);
        Some(diag::error("deploy/version", headline).help(format!("use nothing that is later than {has}")))
    }

    fn fit(&self, name: &ExternName) -> Fit {
        let ExternName::Interface(interface) = name else { return Fit::NoPackage };
        let package = format!("{}:{}", interface.package.namespace, interface.package.name);
        let of_package: Vec<&Package> = self.packages.iter().filter(|one| one.name == package).collect();
        if of_package.is_empty() {
            return Fit::NoPackage;
        }
        let has = |package: &&&Package| package.interfaces.contains(&interface.interface.as_str());
        let versions: Vec<&'static str> =
            of_package.iter().filter(has).flat_map(|package| package.versions).copied().collect();
        if versions.is_empty() {
            let all = of_package.iter().flat_map(|package| package.interfaces).copied();
            return Fit::NoInterface(diag::near_misses(&interface.interface, all));
        }
        fit_version(name, &versions)
    }
}

/// How versions that a host has, an empty text for none, stand to that of an interface.
fn fit_version(name: &ExternName, versions: &[&'static str]) -> Fit {
    let ExternName::Interface(interface) = name else { return Fit::NoPackage };
    let wanted = interface.package.version.as_ref();
    let parsed = || versions.iter().map(|text| Version::parse(text).ok());
    match parsed().find(|has| Track::of(has.as_ref()) == Track::of(wanted)) {
        None => Fit::OtherTracks(versions.to_vec()),
        Some(Some(has)) if wanted.is_some_and(|wanted| *wanted > has) => Fit::Older(has),
        Some(_) => Fit::Has,
    }
}

/// `namespace:package/interface`.
pub fn unversioned(name: &ExternName) -> Option<String> {
    let ExternName::Interface(InterfaceName { package, interface }) = name else { return None };
    Some(format!("{}:{}/{interface}", package.namespace, package.name))
}

fn version_of(name: &'static str) -> &'static str {
    name.split_once('@').map_or("", |(_, version)| version)
}

fn at(interface: &str, version: &str) -> String {
    if version.is_empty() { format!("`{interface}`") } else { format!("`{interface}@{version}`") }
}

fn version(name: &ExternName) -> Option<&Version> {
    let ExternName::Interface(interface) = name else { return None };
    interface.package.version.as_ref()
}

impl Component {
    /// A path inside the component.
    pub fn place(&self, path: &str) -> Place {
        Place::binary(&self.file, path)
    }

    /// Whether an interface of the package is imported, that asks something of its host.
    pub fn imports_from(&self, package: &str) -> bool {
        self.imports.iter().any(|import| !import.is_types && is_of(import.interface(), package))
    }

    /// Whether the interface is imported, in whatever version.
    pub fn imports_interface(&self, interface: &str) -> bool {
        self.imports.iter().any(|import| unversioned(import.interface()).is_some_and(|name| name == interface))
    }
}

/// Whether a name is an interface of the package `namespace:name`.
fn is_of(name: &ExternName, package: &str) -> bool {
    unversioned(name).is_some_and(|name| name.strip_prefix(package).is_some_and(|rest| rest.starts_with('/')))
}
