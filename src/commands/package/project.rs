//! What a project packages: its app, or one of its components, with what `withe.toml` says of it.

use std::path::{Path, PathBuf};

use ::project::Manifest;
use ::project::find::seen_from;
use ::project::manifest::At;
use deploy::app::{App, Deploy, Grants, Limits, Said};
use diag::{Diagnostic, Diagnostics};
use verify::grants::{self, Clock, Random};
use verify::limits;

use super::subject::{self, Seen};
use crate::cli::{GrantName, PackageArgs};
use crate::commands::{build, in_project};
use crate::{Exit, Io};

/// The name of the component, or of the app, that is to be packaged.
///
/// # Errors
///
/// `project/unknown-name`; `project/no-app`; `deploy/no-component`: a host in JavaScript.
pub fn name(manifest: &Manifest, component: Option<&str>, io: &Io) -> diag::Result<String> {
    match component {
        Some(name) if !manifest.has_output(name) => Err(manifest.unknown_name(name).into()),
        Some(name) if manifest.output_of(name).extension().is_none() => Err(javascript(manifest, name).into()),
        Some(name) => Ok(name.to_owned()),
        None if manifest.has_app() => Ok(manifest.app_name().to_owned()),
        None => Err(in_project::several(manifest, io).into()),
    }
}

fn javascript(manifest: &Manifest, name: &str) -> Diagnostic {
    let headline = format!("`{name}` is a host in JavaScript, which no target runs");
    let wrong = diag::error("deploy/no-component", headline);
    let wrong = wrong.label(manifest.place(&manifest.components[name].span), "no component comes of it");
    wrong.help("package the component that it uses, or leave the name out")
}

/// The component's file, as a person sees it from here; it is made first, unless that is not wanted. Without a file,
/// what kept it from being made has been told.
pub fn file(manifest: &Manifest, name: &str, args: &PackageArgs, io: &mut Io) -> diag::Result<Result<PathBuf, Exit>> {
    if !args.no_build {
        let exit = build::made(manifest, &[name.to_owned()], &args.build, build::Told::All, io)?.exit();
        if exit != Exit::OK {
            return Ok(Err(exit));
        }
    }
    let path = manifest.root.join(manifest.output_of(name));
    let seen = from_here(&path, io);
    if path.is_file() {
        return Ok(Ok(seen));
    }
    Err(diag::error("input/missing-file", format!("`{name}` has not been built: there is no `{}`", seen.display()))
        .label(manifest.place(&manifest.app.name.span), "a part of this app")
        .help("build it with `withe build`, or leave out `--no-build`")
        .into())
}

/// What `[grants]` and `[limits]` say.
pub struct Stated {
    grants: Grants,
    limits: Limits,
}

/// Reads the texts of `[grants]` and `[limits]`.
///
/// # Errors
///
/// `project/bad-value`, for each text that says nothing.
pub fn stated(manifest: &Manifest, out: &Path, io: &Io) -> diag::Result<Stated> {
    let mut found = Vec::new();
    let grants = granted(manifest, &Seen::new(&manifest.root, out, io), &mut found);
    let limits = limited(manifest, &mut found);
    if found.is_empty() { Ok(Stated { grants, limits }) } else { Err(Diagnostics(found)) }
}

/// The app of a project, out of the file that was built.
pub fn app(
    manifest: &Manifest,
    Stated { grants, limits }: Stated,
    file: &Path,
    args: &PackageArgs,
    out: &Path,
    io: &mut Io,
) -> diag::Result<App> {
    let wasm = io.read_wasm(file)?;
    let of = &manifest.app;
    let name = match &args.app.name {
        Some(name) => Said::here(name.clone()),
        None => {
            let name = args.component.as_ref().map(|name| name.to_string_lossy().into_owned());
            Said {
                value: name.unwrap_or_else(|| manifest.app_name().to_owned()),
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
    args.grants.without.iter().for_each(|grant| take_away(*grant, &mut app.grants));
    subject::flags(args, &mut app, &Seen::new(&io.cwd, out, io));
    Ok(app)
}

/// What the manifest grants and the app is to do without.
fn take_away(grant: GrantName, grants: &mut Grants) {
    match grant {
        GrantName::Dir => grants.dirs.clear(),
        GrantName::Env => grants.env.clear(),
        GrantName::Listen => grants.listen.clear(),
        GrantName::Connect => grants.connect.clear(),
        GrantName::HttpAllow => grants.http.clear(),
        GrantName::KeyValue => grants.key_value.clear(),
        GrantName::Clock => grants.frozen_clock = None,
        GrantName::Random => grants.seeded_random = None,
    }
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
                Err(why) => self.found.push(in_project::refused(self.manifest, at, &why)),
            }
        }
        all
    }
}

/// Where packages of a project go, as a person sees it from here.
pub fn default_out(manifest: &Manifest, target: &str, io: &Io) -> PathBuf {
    from_here(&manifest.root.join("target/withe/package").join(target), io)
}

fn from_here(path: &Path, io: &Io) -> PathBuf {
    PathBuf::from(seen_from(path, &io.current_folder()))
}
