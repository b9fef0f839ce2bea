//! What counts for a step: the files it reads, and all else.
//!
//! Holds: a tool is known by its file, so that none is started to find out that nothing changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ::project::manifest::{Built, How, Language, Origin};
use ::project::plan::{OUTPUTS, Step, Work};
use ::project::snapshot::Input;

use super::environment;
use super::site::{Outcome, Site};

/// The inputs with files that the compiler named.
pub fn with(inputs: &[Input], further: &[PathBuf]) -> Vec<Input> {
    inputs.iter().cloned().chain(further.iter().cloned().map(Input::File)).collect()
}

/// What counts besides files.
pub fn of(site: &Site<'_>, step: &Step, before: &[&Outcome]) -> diag::Result<BTreeMap<String, String>> {
    let mut keys = BTreeMap::from([("withe".to_owned(), itself())]);
    let said = match step.work {
        Work::Component => match &site.manifest.components[&step.name].origin {
            Origin::Built(built) => {
                let tool = environment::fingerprint(site, built);
                keys.insert("the compiler".to_owned(), tool);
                keys.insert("the environment".to_owned(), environment::relevant(site, built));
                said_of(built)
            }
            Origin::File(path) => format!("path {}", path.value.display()),
            Origin::Package { name, version } => format!("package {}@{version}", name.value),
        },
        Work::Compose => composed(site),
        Work::Copy => String::new(),
        Work::Js => site.built(&step.name).map(said_of).unwrap_or_default(),
    };
    keys.insert("what the manifest says".to_owned(), said);
    for (at, outcome) in before.iter().enumerate() {
        for (path, entry) in &outcome.outputs {
            keys.insert(format!("part {}, {path}", at + 1), entry.sha256.clone());
        }
    }
    Ok(keys)
}

/// The program that is running: another one may make other bytes.
fn itself() -> String {
    let program = std::env::current_exe().ok().and_then(|path| environment::stat(&path));
    format!("{} {}", env!("CARGO_PKG_VERSION"), program.unwrap_or_default())
}

/// What the manifest says of a component, without where it says so.
fn said_of(built: &Built) -> String {
    let texts =
        |all: &[::project::manifest::At<String>]| -> Vec<String> { all.iter().map(|one| one.value.clone()).collect() };
    let path = |path: &Option<::project::manifest::At<PathBuf>>| path.as_ref().map(|path| path.value.clone());
    let bindings = match &built.bindings {
        ::project::manifest::Bindings::Default => "default".to_owned(),
        ::project::manifest::Bindings::None => "none".to_owned(),
        ::project::manifest::Bindings::Folder(folder) => format!("in {}", folder.value.display()),
    };
    format!(
        "{:?}",
        (
            (
                built.language.value,
                &built.source.value,
                path(&built.wit),
                built.world.as_ref().map(|world| &world.value)
            ),
            (texts(&built.build), path(&built.output), texts(&built.inputs), built.reuse, &built.env, bindings),
            (texts(&built.bindgen), texts(&built.flags), texts(&built.wrap), texts(&built.transpile)),
            built.of.as_ref().map(|of| &of.value),
        )
    )
}

fn composed(site: &Site<'_>) -> String {
    let Some(compose) = &site.manifest.compose else { return String::new() };
    let how = match &compose.how {
        How::Plug { .. } => "plug",
        How::Solve(_) => "solve",
        How::Script(_) => "script",
    };
    let target = compose.target.as_ref().map(|target| &target.value);
    format!("{how} {:?} {target:?}", site.manifest.parts())
}

impl<'m> Site<'m> {
    pub fn built(&self, name: &str) -> Option<&'m Built> {
        match &self.manifest.components.get(name)?.origin {
            Origin::Built(built) => Some(built),
            Origin::Package { .. } | Origin::File(_) => None,
        }
    }

    pub fn is_command(&self, name: &str) -> bool {
        self.built(name).is_some_and(|built| built.language.value == Language::Command)
    }

    /// The files that a step reads, relative to the project's folder.
    pub fn inputs(&self, step: &Step) -> diag::Result<Vec<Input>> {
        let folder = |folder: &Path| Input::Folder { folder: folder.to_owned(), only: Vec::new(), except: Vec::new() };
        Ok(match step.work {
            Work::Component => match &self.manifest.components[&step.name].origin {
                Origin::Built(built) => self.sources(&step.name, built),
                Origin::File(path) => vec![Input::File(path.value.clone())],
                Origin::Package { .. } => vec![Input::File(self.package_file(&step.name)?)],
            },
            Work::Compose => {
                let compose = self.manifest.compose.as_ref();
                let script = compose.and_then(|compose| match &compose.how {
                    How::Script(script) => Some(Input::File(script.value.clone())),
                    How::Plug { .. } | How::Solve(_) => None,
                });
                let target = compose.and_then(|compose| compose.target.as_ref()).map(|target| {
                    let path = target.value.split('#').next().unwrap_or_default();
                    folder(Path::new(path))
                });
                let locked = Input::File(::project::deps::lock::FILE.into());
                script.into_iter().chain(target).chain([locked]).collect()
            }
            Work::Copy | Work::Js => Vec::new(),
        })
    }

    fn sources(&self, name: &str, built: &Built) -> Vec<Input> {
        let source = &built.source.value;
        let whole = |folder: PathBuf| Input::Folder { folder, only: Vec::new(), except: vec![OUTPUTS.into()] };
        let mut inputs = match built.language.value {
            Language::Wat => vec![Input::File(source.join(self.manifest.wat_of(name, built)))],
            Language::Command => {
                let only = built.inputs.iter().map(|pattern| pattern.value.clone()).collect();
                let made = built.output.iter().map(|output| source.join(&output.value));
                let except = made.chain([OUTPUTS.into()]).collect();
                vec![Input::Folder { folder: source.clone(), only, except }]
            }
            Language::Rust => std::iter::once(whole(source.clone())).chain(self.cargo_files(source)).collect(),
            Language::Go => self.go_folders(source).into_iter().map(whole).collect(),
            Language::Js => Vec::new(),
        };
        if let Some(wit) = self.wit_of(built) {
            inputs.push(whole(wit));
            // WIT may name packages of the lock, which has their digests.
            inputs.push(Input::File(::project::deps::lock::FILE.into()));
        }
        inputs
    }

    /// Where a component's WIT is, relative to the project's folder, if there is any.
    pub fn wit_of(&self, built: &Built) -> Option<PathBuf> {
        let named = built.wit.as_ref().map(|wit| wit.value.clone());
        named.or_else(|| {
            let wit = &self.manifest.app.wit.value;
            self.whole(wit).exists().then(|| wit.clone())
        })
    }

    /// What cargo reads above a crate: the workspace, its lock, configuration, the toolchain's name.
    fn cargo_files(&self, source: &Path) -> Vec<Input> {
        let names = [
            "Cargo.toml",
            "Cargo.lock",
            ".cargo/config.toml",
            ".cargo/config",
            "rust-toolchain.toml",
            "rust-toolchain",
        ];
        let mut files: Vec<Input> = names[2..4].iter().map(|name| Input::File(source.join(name))).collect();
        let mut folder = PathBuf::from("..");
        let depth = self.whole(source).components().count();
        for _ in 0..depth.min(12) {
            files.extend(
                names.iter().map(|name| Input::File(::project::find::normal(&source.join(&folder).join(name)))),
            );
            folder.push("..");
        }
        files
    }

    /// The folders of a Go module, and those that it names instead of others.
    fn go_folders(&self, source: &Path) -> Vec<PathBuf> {
        let mut module = source.to_owned();
        for _ in 0..12 {
            if self.whole(&module).join("go.mod").is_file() {
                break;
            }
            module = ::project::find::normal(&module.join(".."));
        }
        let Ok(text) = std::fs::read_to_string(self.whole(&module).join("go.mod")) else {
            return vec![source.to_owned()];
        };
        let replaced = text.lines().filter_map(|line| {
            let path = line.split_once("=>")?.1.split("//").next()?.trim().trim_matches('"');
            (path.starts_with("./") || path.starts_with("../")).then(|| ::project::find::normal(&module.join(path)))
        });
        let replaced: Vec<PathBuf> = replaced.collect();
        std::iter::once(module).chain(replaced).collect()
    }
}
