//! What is packaged: an app as the crate `deploy` has it, out of a component and flags.

use std::path::{Path, PathBuf};

use ::project::find::seen_from;
use component::BinaryKind;
use component::read::{Callee, Wiring};
use deploy::app::{App, Authority, Component, Deploy, Dir, Grants, Import, Limits, Said};
use diag::Place;
use semver::Version;
use types::{ExternName, Item, ItemKind, Types};
use verify::grants::{DirGrant, HttpGrant};

use super::since;
use crate::Io;
use crate::cli::{PackageArgs, PackageGrantArgs};
use crate::io::Wasm;

/// An app of a component in a file: all that is not said by flags is as it is without them.
pub fn of_file(args: &PackageArgs, path: &Path, out: &Path, io: &mut Io) -> diag::Result<App> {
    let wasm = io.read_wasm(path)?;
    let name = match &args.app.name {
        Some(name) => name.clone(),
        None => super::super::new::valid_name(&super::super::transpile::default_name(path)),
    };
    let mut app = App {
        name: Said::here(name),
        version: Version::new(0, 1, 0),
        description: None,
        authors: Vec::new(),
        license: None,
        homepage: None,
        repository: None,
        component: component(wasm)?,
        grants: Grants::default(),
        limits: Limits::default(),
        deploy: Deploy::default(),
    };
    flags(args, &mut app, &Seen::new(&io.cwd, out, io));
    Ok(app)
}

/// From where paths are written, and from where they are read by the target.
pub struct Seen {
    base: PathBuf,
    out: PathBuf,
}

impl Seen {
    /// `base` is where relative paths of grants begin.
    pub fn new(base: &Path, out: &Path, io: &Io) -> Self {
        Self { base: base.to_owned(), out: io.resolve(out) }
    }

    pub fn dir(&self, grant: &DirGrant) -> Dir {
        // A path that was given from the root is one of the machine where the app runs.
        let host = if grant.host.is_absolute() {
            grant.host.to_string_lossy().into_owned()
        } else {
            seen_from(&self.base.join(&grant.host), &self.out)
        };
        let host = if cfg!(windows) { host.replace('\\', "/") } else { host };
        Dir { host, guest: grant.guest.clone(), write: grant.write, shown: grant.shown.clone() }
    }
}

pub fn authority(grant: &HttpGrant) -> Authority {
    Authority { host: grant.host.clone(), port: grant.port }
}

/// What flags say, which wins, and what they grant, which is added.
pub fn flags(args: &PackageArgs, app: &mut App, seen: &Seen) {
    let said = &args.app;
    app.version = said.app_version.clone().unwrap_or_else(|| app.version.clone());
    app.deploy.image = said.image.clone().map(Said::here).or(app.deploy.image.take());
    app.deploy.route = said.route.clone().map(Said::here).or(app.deploy.route.take());
    app.deploy.replicas = said.replicas.unwrap_or(app.deploy.replicas);
    app.deploy.port = said.port.unwrap_or(app.deploy.port);
    let PackageGrantArgs { dir, env, listen, connect, http_allow, key_value, without: _, memory } = &args.grants;
    let grants = &mut app.grants;
    grants.dirs.extend(dir.iter().map(|dir| Said::here(seen.dir(dir))));
    for (key, value) in env {
        grants.env.retain(|(there, _)| there != key);
        grants.env.push((key.clone(), Said::here(value.clone())));
    }
    grants.listen.extend(listen.iter().copied().map(Said::here));
    grants.connect.extend(connect.iter().copied().map(Said::here));
    grants.http.extend(http_allow.iter().map(|grant| Said::here(authority(grant))));
    grants.key_value.extend(key_value.iter().cloned().map(Said::here));
    app.limits.memory = memory.map(Said::here).or(app.limits.memory.take());
}

/// A component, as far as hosts ask about it.
pub fn component(wasm: Wasm) -> diag::Result<Component> {
    if component::kind_of(&wasm.bytes) == Some(BinaryKind::WitPackage) {
        return Err(diag::error("component/not-a-component", format!("`{}` is a WIT package", wasm.name))
            .label(Place::file(&*wasm.name), "a component is wanted here")
            .help(format!("see what it says: withe wit {}", wasm.name))
            .into());
    }
    let mut types = Types::new();
    let read = component::read(&mut types, &wasm.name, &wasm.bytes)?;
    // What asks for an import is only told where it can be found out.
    let wiring = component::read::wiring(&wasm.name, &wasm.bytes).unwrap_or_default();
    let items: Vec<(&ExternName, &Item)> = read.ty.imports.iter().collect();
    let mut imports: Vec<Import> = items.iter().map(|(name, item)| import(&types, &wiring, name, item)).collect();
    since::find(&types, &items, &mut imports);
    let exports = read.ty.exports.keys().cloned().collect();
    Ok(Component { file: wasm.name, imports, exports, bytes: wasm.bytes })
}

fn import(types: &Types, wiring: &Wiring, name: &ExternName, item: &Item) -> Import {
    let implements = match item.kind {
        ItemKind::Instance(id) => types.instance(id).id.clone().map(ExternName::Interface),
        ItemKind::Func(_)
        | ItemKind::Type(_)
        | ItemKind::Resource(_)
        | ItemKind::Component(_)
        | ItemKind::CoreModule(_) => None,
    };
    Import {
        name: name.clone(),
        implements: implements.filter(|implements| implements != name),
        is_types: is_types(types, item),
        since: None,
        parts: askers(wiring, &name.to_string()),
    }
}

/// Whether an import has nothing that a host would have to make.
fn is_types(types: &Types, item: &Item) -> bool {
    match item.kind {
        ItemKind::Type(_) => true,
        ItemKind::Instance(id) => types.instance(id).exports.values().all(|item| is_types(types, item)),
        ItemKind::Func(_) | ItemKind::Resource(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => false,
    }
}

/// Parts with core modules that are given an import or call into it.
fn askers(wiring: &Wiring, import: &str) -> Vec<String> {
    let is_of = |callee: &Callee| match callee {
        Callee::Host { import: of, .. } | Callee::HostAll { import: of } => of == import,
        Callee::Part(_) => false,
    };
    let asks = wiring.with_core().filter(|(_, part)| part.takes.contains(import) || part.calls.iter().any(is_of));
    asks.map(|(id, _)| wiring.path(id)).collect()
}
