//! What commands take from a project where no file is named.
//!
//! In: the arguments, and the nearest manifest. Out: the file to run, which is built first, and the grants and limits
//! of the manifest with those of the flags.
//! Holds: flags are added to what the manifest grants; of limits and clocks, those of the flags count.

mod stated;

use std::path::{Path, PathBuf};

use ::project::Manifest;
use ::project::find::seen_from;
use ::project::manifest::At;
use diag::{Diagnostic, Diagnostics};
use verify::grants::{self, Clock, Random};
use verify::limits;

use super::build;
use crate::cli::building::BuildFlags;
use crate::cli::{GrantArgs, LimitArgs};
use crate::{Exit, Io};
pub use stated::Stated;

/// What is to run.
#[derive(Debug)]
pub struct Subject {
    pub file: PathBuf,
    pub grants: GrantArgs,
    pub limits: LimitArgs,
    /// Where the manifest says what of these does not come from flags.
    pub stated: Stated,
}

/// What is named: a file, or the app or a component of the project, which is then built; the app if nothing is named.
///
/// `Err` of the inner result is the status of a build that failed, and said why.
pub fn subject(
    named: Option<&Path>,
    grants: &GrantArgs,
    limits: &LimitArgs,
    io: &mut Io,
) -> diag::Result<Result<Subject, Exit>> {
    let as_named = |file: &Path| Subject {
        file: file.to_owned(),
        grants: grants.clone(),
        limits: limits.clone(),
        stated: Stated::default(),
    };
    let Some(manifest) = manifest_for(named, io)? else {
        return match named {
            Some(file) => Ok(Ok(as_named(file))),
            None => Err(nothing_named(io).into()),
        };
    };
    let manifest = sound(manifest)?;
    let name = match named {
        Some(name) => name.to_string_lossy().into_owned(),
        None if manifest.has_app() => manifest.app_name().to_owned(),
        None => return Err(several(&manifest, io).into()),
    };
    let stated = Stated::of(&manifest, &name, limits);
    let file = match made(&manifest, name, io)? {
        Ok(file) => file,
        Err(exit) => return Ok(Err(exit)),
    };
    let mut found = Vec::new();
    let mut texts = Texts { manifest: &manifest, found: &mut found };
    let subject = Subject { file, grants: texts.grants(grants), limits: texts.limits(limits), stated };
    if found.is_empty() { Ok(Ok(subject)) } else { Err(Diagnostics(found)) }
}

/// The file that is named: that of the app or a component of the project is built first.
///
/// `Err` of the inner result is the status of a build that failed, and said why.
pub fn file(named: &Path, io: &mut Io) -> diag::Result<Result<PathBuf, Exit>> {
    match manifest_for(Some(named), io)? {
        None => Ok(Ok(named.to_owned())),
        Some(manifest) => made(&sound(manifest)?, named.to_string_lossy().into_owned(), io),
    }
}

/// What the project makes under a name, as it is seen from here.
fn made(manifest: &Manifest, name: String, io: &mut Io) -> diag::Result<Result<PathBuf, Exit>> {
    let (flags, names) = (BuildFlags::default(), [name]);
    let done = build::made(manifest, &names, &flags, build::Told::Findings, io)?;
    if done.exit() != Exit::OK {
        return Ok(Err(done.exit()));
    }
    Ok(Ok(seen_from(&manifest.root.join(manifest.output_of(&names[0])), &io.current_folder()).into()))
}

/// The manifest, if all that it names is there and its grants and limits are such.
///
/// # Errors
///
/// All that is wrong: `project/missing-file`, `project/bad-value`.
pub fn sound(manifest: Manifest) -> diag::Result<Manifest> {
    let mut found = manifest.check();
    Texts { manifest: &manifest, found: &mut found }.look();
    if found.is_empty() { Ok(manifest) } else { Err(Diagnostics(found)) }
}

/// The project that a name is of: none if it is the name of a file, or of nothing that the project makes.
fn manifest_for(named: Option<&Path>, io: &Io) -> diag::Result<Option<Manifest>> {
    let Some(name) = named else { return Manifest::find(&io.current_folder()) };
    let is_word = name.to_str().is_some_and(::project::name::is_word);
    // A folder of that name has the sources; it cannot be run.
    if !is_word || io.resolve(name).is_file() {
        return Ok(None);
    }
    let Some(manifest) = Manifest::find(&io.current_folder())? else { return Ok(None) };
    let word = name.to_string_lossy();
    if manifest.has_output(&word) {
        return Ok(Some(manifest));
    }
    // A file that is missing is told as one, unless a name of the project is near.
    let is_meant = !io.resolve(name).exists() && manifest.near(&word).is_some();
    if is_meant { Err(manifest.unknown_name(&word).into()) } else { Ok(None) }
}

fn nothing_named(io: &Io) -> Diagnostic {
    let headline = "no component is named, and there is no `withe.toml` here or in a folder above";
    let command = &io.command;
    diag::error("usage/command-line", headline).help(format!("withe {command} COMPONENT.wasm"))
}

pub fn several(manifest: &Manifest, io: &Io) -> Diagnostic {
    let headline = "the manifest does not say which of its components is the app";
    let error = diag::error("project/no-app", headline);
    let error = error.label(manifest.place(&manifest.app.name.span), "no `[compose]` makes one of them");
    let names: Vec<_> = manifest.components.keys().map(|name| format!("`withe {} {name}`", io.command)).collect();
    match names.as_slice() {
        [] => error.help("add a component to the manifest, `[components.NAME]`"),
        names => error.help(format!("name one: {}", names.join(", "))),
    }
}

/// Reads texts of the manifest as flags are read.
struct Texts<'m, 'f> {
    manifest: &'m Manifest,
    found: &'f mut Vec<Diagnostic>,
}

impl Texts<'_, '_> {
    /// Says what is wrong in all of them.
    fn look(&mut self) {
        self.grants(&GrantArgs::default());
        self.limits(&LimitArgs::default());
    }

    fn read<T>(&mut self, texts: &[At<String>], parse: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        let mut all = Vec::new();
        for text in texts {
            match parse(&text.value) {
                Ok(value) => all.push(value),
                Err(why) => self.found.push(refused(self.manifest, text, &why)),
            }
        }
        all
    }

    fn grants(&mut self, flags: &GrantArgs) -> GrantArgs {
        let of = &self.manifest.grants;
        let mut all = flags.clone();
        let dirs = self.read(&of.dir, grants::parse_dir).into_iter().map(|mut dir| {
            // Folders of the manifest are the project's, wherever the command is started.
            dir.host = self.manifest.root.join(&dir.host);
            dir
        });
        all.dir.splice(0..0, dirs);
        let is_said = |name: &str| flags.env.iter().any(|(said, _)| said == name);
        let own = of.env.iter().filter(|(name, _)| !is_said(name));
        all.env.splice(0..0, own.map(|(name, value)| (name.clone(), value.value.clone())));
        all.listen.extend(self.read(&of.listen, grants::parse_address));
        all.connect.extend(self.read(&of.connect, grants::parse_address));
        all.http_allow.extend(self.read(&of.http_allow, grants::parse_http));
        let clock = self.read(of.clock.as_slice(), grants::parse_clock).pop();
        let random = self.read(of.random.as_slice(), grants::parse_random).pop();
        all.clock = if flags.clock == Clock::default() { clock.unwrap_or_default() } else { flags.clock };
        all.random = if flags.random == Random::default() { random.unwrap_or_default() } else { flags.random };
        all
    }

    fn limits(&mut self, flags: &LimitArgs) -> LimitArgs {
        let of = &self.manifest.limits;
        let timeout = self.read(of.timeout.as_slice(), limits::parse_duration).pop();
        let memory = self.read(of.memory.as_slice(), limits::parse_size).pop();
        LimitArgs {
            fuel: flags.fuel.or(of.fuel.as_ref().map(|fuel| fuel.value)),
            timeout: flags.timeout.or(timeout),
            memory: flags.memory.or(memory),
            usage: flags.usage,
        }
    }
}

/// Why a text of the manifest is none that the flag would take.
pub fn refused(manifest: &Manifest, text: &At<String>, why: &str) -> Diagnostic {
    let (headline, help) = why.split_once("; ").unwrap_or((why, "write it as the flag of `withe run` has it"));
    let error = diag::error("project/bad-value", headline).label(manifest.place(&text.span), "in the manifest");
    error.help(help)
}

/// The project whose tests are meant where no path is named, built; none if this is no project with components.
///
/// `Err` of the inner result is the status of a build that failed, and said why.
pub fn tested(io: &mut Io) -> diag::Result<Option<Result<Manifest, Exit>>> {
    let Some(manifest) = Manifest::find(&io.current_folder())?.filter(|manifest| !manifest.components.is_empty())
    else {
        return Ok(None);
    };
    let manifest = sound(manifest)?;
    let done = build::made(&manifest, &[], &BuildFlags::default(), build::Told::Findings, io)?;
    Ok(Some(if done.exit() == Exit::OK { Ok(manifest) } else { Err(done.exit()) }))
}

/// What a file of tests means by a name that is no file beside it.
pub enum Meant {
    /// What the project makes under the name.
    File(PathBuf),
    /// A name of the project that is near.
    Near(String),
    Nothing,
}

pub fn meant(name: &str, io: &Io) -> Meant {
    if !::project::name::is_word(name) {
        return Meant::Nothing;
    }
    // What is wrong with the manifest is told by who builds it.
    let Ok(Some(manifest)) = Manifest::find(&io.current_folder()) else { return Meant::Nothing };
    if manifest.has_output(name) {
        let file = manifest.root.join(manifest.output_of(name));
        return Meant::File(seen_from(&file, &io.current_folder()).into());
    }
    manifest.near(name).map_or(Meant::Nothing, |near| Meant::Near(near.to_owned()))
}
