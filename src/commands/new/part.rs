//! A folder that a project's manifest names already: the component is for the world that stands there.
//!
//! In: the folder, a language. Out: a project whose functions are to be filled in, and what the manifest is to say.
//! Holds: it has no manifest and no WIT of its own, so that the project's are found from it.

use std::path::{Path, PathBuf};

use ::project::Manifest;
use ::project::find::{normal, seen_from};
use ::project::manifest::{Bindings, Built, FILE, Origin};
use diag::{Diagnostic, Severity};

use super::templates::File;
use super::{Generated, Names, Project, Written, app, title};
use crate::Io;
use crate::cli::NewLang;

/// A component of the project around.
pub(super) struct Part {
    pub manifest: Manifest,
    pub name: String,
    /// Its folder, whole.
    folder: PathBuf,
}

impl Part {
    /// The component whose folder this is. A manifest with mistakes names none.
    pub(super) fn find(dir: &Path, io: &Io) -> Option<Self> {
        let folder = whole(&io.resolve(dir))?;
        let root = folder.ancestors().skip(1).find(|above| above.join(FILE).is_file())?;
        let manifest = Manifest::open(root, &io.current_folder()).ok()?;
        let is_it = |built: &Built| normal(&manifest.root.join(&built.source.value)) == folder;
        let found = manifest.components.iter().find_map(|(name, component)| match &component.origin {
            Origin::Built(built) if is_it(built) => Some(name.clone()),
            Origin::Built(_) | Origin::Package { .. } | Origin::File(_) => None,
        });
        found.map(|name| Self { manifest, name, folder })
    }

    fn built(&self) -> Option<&Built> {
        match &self.manifest.components[&self.name].origin {
            Origin::Built(built) => Some(built),
            Origin::Package { .. } | Origin::File(_) => None,
        }
    }

    /// A component for its world, where a language has such and bindings go where they usually do.
    pub(super) fn project(&self, lang: NewLang) -> Option<Project> {
        let built = self.built().filter(|built| built.bindings == Bindings::Default)?;
        let wit = built.wit.as_ref().map_or(&self.manifest.app.wit.value, |wit| &wit.value);
        let wit = self.manifest.root.join(wit);
        let wit = wit.exists().then(|| seen_from(&wit, &self.folder))?;
        let world = built.world.as_ref().map(|world| format!(" -w {}", world.value)).unwrap_or_default();
        let options: String = built.bindgen.iter().map(|option| format!(" {}", option.value)).collect();
        let generated = |lang: &str, out: &str, path: &str| Generated {
            command: format!("withe bindgen {lang} {wit}{world}{options} --stubs -o {out}"),
            path: path.to_owned(),
            what: "the implementation: edit it",
        };
        let (what, file, bindings, tools): (_, &File, _, &[&str]) = match lang {
            NewLang::Rust => (
                "A component in Rust, for its world in the project",
                &app::LIBRARY,
                generated("rust", ".", "src/lib.rs"),
                app::RUST_TOOLS,
            ),
            NewLang::Go => (
                "A component in Go, for its world in the project",
                &app::GO_MODULE,
                generated("go", "gen", MAIN),
                &["go"],
            ),
            NewLang::Wat | NewLang::Js => return None,
        };
        // The command is taken apart at its spaces.
        let has_spaces = wit.contains(' ') || built.bindgen.iter().any(|option| option.value.contains(' '));
        if has_spaces {
            return None;
        }
        let file = app::written(file, &self.name, &Names::new(self.manifest.app_name().to_owned()));
        let files = vec![Written { path: base(&file.path), ..file }];
        Some(Project { what, files, bindings: vec![bindings], tools: tools.to_vec() })
    }

    /// What the manifest is to say that it does not, or what the folder is to have that is not there.
    pub(super) fn note(&self, lang: NewLang, is_for_world: bool) -> Option<Diagnostic> {
        let built = self.built()?;
        let is_said = built.language.value.name() == lang.name();
        if is_said && is_for_world {
            return None;
        }
        let file = &self.manifest.source.name;
        let headline = if is_said {
            format!("`{}` is not written for its world", self.name)
        } else {
            format!("`{file}` says that `{}` is in another language than {}", self.name, title(lang))
        };
        let language = format!("`language = \"{}\"`", lang.name());
        let of_world = match &built.world {
            Some(world) => format!("implement the world `{}` in it", world.value),
            None => "implement the project's world in it".to_owned(),
        };
        let help = match (is_said, is_for_world) {
            (true, _) => of_world,
            (false, true) => format!("write {language} there"),
            (false, false) => format!("write {language} there, and {of_world}"),
        };
        let place = self.manifest.place(&built.language.span);
        let found = diag::error("new/part-of-project", headline).label(place, "says so").help(help);
        Some(Diagnostic { severity: Severity::Note, ..found })
    }
}

/// Where the code is that people edit, in Go: above the bindings.
pub(super) const MAIN: &str = "main.go";

/// Moves the stubs in Go out of the folder of the bindings, which is written anew by each build.
pub(super) fn settle(dir: &Path, io: &mut Io) -> diag::Result<()> {
    let stubs = format!("gen/{MAIN}");
    let Some(text) = io.read_if_there(&dir.join(&stubs)) else { return Ok(()) };
    io.write_folder(dir, [(MAIN, text.as_slice())])?;
    io.remove_files(dir, &[stubs]).map(drop)
}

/// The path without the component's folder.
fn base(path: &str) -> String {
    path.split_once('/').map_or(path, |(_, rest)| rest).to_owned()
}

/// A path as the system knows it, of which only the last folders may be absent.
fn whole(path: &Path) -> Option<PathBuf> {
    let path = normal(&std::path::absolute(path).ok()?);
    let there = path.ancestors().find(|above| above.exists())?;
    let known = std::fs::canonicalize(there).ok()?;
    Some(known.join(path.strip_prefix(there).ok()?))
}
