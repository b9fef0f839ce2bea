//! What a project packages: its app, or one of its components, with what `withe.toml` says of it.

use std::path::{Path, PathBuf};

use ::project::Manifest;
use ::project::manifest::At;
use deploy::app::{App, Deploy, Grants, Limits, Said};
use diag::{Diagnostic, Diagnostics, Place};
use verify::grants::{self, Clock, Random};
use verify::limits;

use super::subject::{self, Seen};
use crate::Io;
use crate::cli::PackageArgs;

/// The file that the project's component of that name is built to, or that its app is built to.
///
/// # Errors
///
/// `deploy/no-component`: a name that the project does not have, or several components and no `[compose]`.
pub fn file(manifest: &Manifest, component: Option<&str>) -> diag::Result<PathBuf> {
    let name = match component {
        Some(name) if manifest.components.contains_key(name) => name,
        Some(name) => return Err(unknown(manifest, name).into()),
        None if manifest.compose.is_some() => &manifest.app.name.value.name,
        None => match manifest.sole() {
            Some((name, _)) => name,
            None => return Err(several(manifest).into()),
        },
    };
    Ok(manifest.root.join("target/withe").join(format!("{name}.wasm")))
}

fn unknown(manifest: &Manifest, name: &str) -> Diagnostic {
    let headline = format!("`{name}` is neither a file nor a component of `{}`", manifest.source.name);
    let near = diag::near_misses(name, manifest.components.keys().map(String::as_str));
    let wrong = diag::error("deploy/no-component", headline)
        .label(manifest.place(&manifest.app.name.span), "the app whose components these are");
    match near.first() {
        Some(near) => wrong.help(format!("did you mean `{near}`?")),
        None => wrong.help(format!("name one of {}", listed(manifest))),
    }
}

fn several(manifest: &Manifest) -> Diagnostic {
    let headline = format!("`{}` does not say which of its components is the app", manifest.source.name);
    let wrong = diag::error("deploy/no-component", headline);
    let wrong = wrong.label(manifest.place(&manifest.app.name.span), "no `[compose]` makes one of them");
    wrong.help(format!("compose them in `[compose]`, or package one of {}", listed(manifest)))
}

fn listed(manifest: &Manifest) -> String {
    manifest.components.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The app of a project, out of the file that was built.
pub fn app(manifest: &Manifest, file: &Path, args: &PackageArgs, out: &Path, io: &mut Io) -> diag::Result<App> {
    let mut found = Vec::new();
    let seen = Seen::new(&manifest.root, out, io);
    let grants = granted(manifest, &seen, &mut found);
    let limits = limited(manifest, &mut found);
    if !found.is_empty() {
        return Err(Diagnostics(found));
    }
    let wasm = io.read_wasm(file)?;
    let of = &manifest.app;
    let name = match &args.app.name {
        Some(name) => Said::here(name.clone()),
        None => {
            let name = args.component.as_ref().map(|name| name.to_string_lossy().into_owned());
            Said {
                value: name.unwrap_or_else(|| of.name.value.name.clone()),
                place: Some(manifest.place(&of.name.span)),
            }
        }
    };
    let mut app = App {
        name,
        version: of.version.value.clone(),
        description: of.description.clone(),
        authors: of.authors.clone(),
        license: of.license.clone(),
        homepage: of.homepage.clone(),
        repository: of.repository.clone(),
        component: subject::component(wasm)?,
        grants,
        limits,
        deploy: deploy_of(manifest),
    };
    subject::flags(args, &mut app, &Seen::new(&io.cwd, out, io));
    Ok(app)
}

fn said<T, V>(manifest: &Manifest, at: &At<T>, value: V) -> Said<V> {
    Said { value, place: Some(manifest.place(&at.span)) }
}

fn deploy_of(manifest: &Manifest) -> Deploy {
    let of = &manifest.deploy;
    let text = |at: &At<String>| said(manifest, at, at.value.clone());
    let default = Deploy::default();
    Deploy {
        image: of.image.as_ref().map(text),
        route: of.route.as_ref().map(text),
        replicas: of.replicas.as_ref().map_or(default.replicas, |at| at.value),
        port: of.port.as_ref().map_or(default.port, |at| at.value),
    }
}

fn granted(manifest: &Manifest, seen: &Seen, found: &mut Vec<Diagnostic>) -> Grants {
    let of = &manifest.grants;
    let mut all = Grants::default();
    let mut texts = Texts { manifest, found };
    all.dirs = texts.read(&of.dir, grants::parse_dir, |dir| seen.dir(&dir));
    all.listen = texts.read(&of.listen, grants::parse_address, |address| address);
    all.connect = texts.read(&of.connect, grants::parse_address, |address| address);
    all.http = texts.read(&of.http_allow, grants::parse_http, |grant| subject::authority(&grant));
    let clock = texts.read(of.clock.as_slice(), grants::parse_clock, |clock| clock);
    let random = texts.read(of.random.as_slice(), grants::parse_random, |random| random);
    let nothing = |place| Said { value: (), place };
    all.frozen_clock = clock.into_iter().find(|said| said.value == Clock::Frozen).map(|said| nothing(said.place));
    all.seeded_random = random.into_iter().find(|said| said.value != Random::Real).map(|said| nothing(said.place));
    all.key_value = of.key_value.iter().map(|at| said(manifest, at, at.value.clone())).collect();
    all.env = of.env.iter().map(|(key, at)| (key.clone(), said(manifest, at, at.value.clone()))).collect();
    all
}

fn limited(manifest: &Manifest, found: &mut Vec<Diagnostic>) -> Limits {
    let of = &manifest.limits;
    let memory = Texts { manifest, found }.read(of.memory.as_slice(), limits::parse_size, |size| size);
    Limits {
        fuel: of.fuel.as_ref().map(|at| said(manifest, at, at.value)),
        timeout: of.timeout.as_ref().map(|at| said(manifest, at, at.value.clone())),
        memory: memory.into_iter().next(),
    }
}

/// Reads texts of the manifest as the flags of `run` are read.
struct Texts<'a> {
    manifest: &'a Manifest,
    found: &'a mut Vec<Diagnostic>,
}

impl Texts<'_> {
    fn read<P, T>(
        &mut self,
        texts: &[At<String>],
        parse: impl Fn(&str) -> Result<P, String>,
        make: impl Fn(P) -> T,
    ) -> Vec<Said<T>> {
        let mut all = Vec::new();
        for at in texts {
            match parse(&at.value) {
                Ok(parsed) => all.push(said(self.manifest, at, make(parsed))),
                Err(why) => self.found.push(wrong(self.manifest.place(&at.span), why)),
            }
        }
        all
    }
}

fn wrong(place: Place, why: String) -> Diagnostic {
    // The rest of the sentence says how it is written.
    let (headline, help) = why.split_once("; ").map_or((why.as_str(), None), |(headline, help)| (headline, Some(help)));
    let wrong = diag::error("deploy/value", headline.to_owned()).label(place, "in `withe.toml`");
    wrong.help(help.unwrap_or("write it as the flag of `withe run` has it").to_owned())
}

/// Where packages of a project go.
pub fn default_out(manifest: &Manifest, target: &str) -> PathBuf {
    manifest.root.join("target/withe/package").join(target)
}
