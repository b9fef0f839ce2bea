//! What a build has to do, in which order.
//!
//! In: a manifest, and the names that are asked for. Out: steps, each after those it needs.
//! Holds: a step writes its own output and nothing else; two steps never work in one folder of sources at once.

use std::ops::Range;
use std::path::{Path, PathBuf};

use diag::{Diagnostic, Diagnostics};
use indexmap::IndexMap;

use crate::Manifest;
use crate::manifest::{Component, How, Language, Origin};

/// The folder of outputs, relative to the project's.
pub const OUTPUTS: &str = "target/withe";

/// What withe remembers between builds, relative to the project's folder.
pub const STATE: &str = "target/withe/.state";

/// All that is to be done.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Each step stands after those that it needs.
    pub steps: Vec<Step>,
}

/// One output and how it is made.
#[derive(Clone, Debug)]
pub struct Step {
    /// Of the component; of the app for what is made of all.
    pub name: String,
    pub work: Work,
    /// The steps that this one needs.
    pub after: Vec<usize>,
    /// Steps that have to be over, whatever came of them: they use the same folder.
    pub behind: Vec<usize>,
    /// Relative to the project's folder: a file, or for `Js` a folder.
    pub output: PathBuf,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Makes a component of sources, or takes one that is there.
    Component,
    /// Makes the app of components.
    Compose,
    /// The app is the only component.
    Copy,
    /// Makes JavaScript of a component or the app.
    Js,
}

/// What [compose] names.
pub struct Named<'m> {
    pub key: &'static str,
    /// Of the names.
    pub span: Range<usize>,
    /// Components that are not there, and that no host in JavaScript is made of.
    pub left: Vec<(&'m str, &'m Component)>,
}

impl Manifest {
    /// The name of the app's file, without its ending.
    pub fn app_name(&self) -> &str {
        &self.app.name.value.name
    }

    /// Whether there is an app: components that are composed, or only one.
    pub fn has_app(&self) -> bool {
        self.compose.is_some() || self.sole().is_some()
    }

    /// Where the app or a component is written to, relative to the project's folder.
    pub fn output_of(&self, name: &str) -> PathBuf {
        match self.components.get(name) {
            Some(component) if is_js(component) => Path::new(OUTPUTS).join(name),
            Some(_) | None => Path::new(OUTPUTS).join(format!("{name}.wasm")),
        }
    }

    /// The steps that lead to what is named, or to all; a name is a component's or the app's.
    ///
    /// # Errors
    ///
    /// `project/unknown-name`, of each name that is neither.
    pub fn plan(&self, names: &[String]) -> diag::Result<Plan> {
        let unknown: Vec<Diagnostic> =
            names.iter().filter(|name| !self.has_output(name)).map(|name| self.unknown_name(name)).collect();
        if !unknown.is_empty() {
            return Err(Diagnostics(unknown));
        }
        let mut planning = Planning { manifest: self, plan: Plan::default(), made: IndexMap::new() };
        if names.is_empty() {
            for name in self.components.keys() {
                planning.add(name);
            }
            if self.has_app() {
                planning.add(self.app_name());
            }
        }
        for name in names {
            planning.add(name);
        }
        Ok(planning.plan)
    }

    /// Whether something is made under the name.
    pub fn has_output(&self, name: &str) -> bool {
        self.components.contains_key(name) || name == self.app_name() && self.has_app()
    }

    /// The names that something is made under.
    fn names(&self) -> impl Iterator<Item = &str> {
        self.components.keys().map(String::as_str).chain(self.has_app().then(|| self.app_name()))
    }

    /// The name that was probably meant by one that is none.
    pub fn near(&self, name: &str) -> Option<&str> {
        diag::near_misses(name, self.names()).first().copied()
    }

    /// Says that a name is neither the app's nor a component's.
    pub fn unknown_name(&self, name: &str) -> Diagnostic {
        let headline = format!("`{name}` is neither the app nor a component of it");
        let place = self.place(&self.app.name.span);
        let error = diag::error("project/unknown-name", headline).label(place, "the app");
        match self.near(name) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None if self.components.is_empty() => error.help(format!("add `[components.{name}]` to the manifest")),
            None => {
                let all: Vec<_> = self.names().map(|name| format!("`{name}`")).collect();
                error.help(format!("name one of {}", all.join(", ")))
            }
        }
    }
}

fn is_js(component: &Component) -> bool {
    matches!(&component.origin, Origin::Built(built) if built.language.value == Language::Js)
}

struct Planning<'m> {
    manifest: &'m Manifest,
    plan: Plan,
    /// The step of each name.
    made: IndexMap<String, usize>,
}

impl Planning<'_> {
    /// The step of a component or the app, with all that it needs before it.
    fn add(&mut self, name: &str) -> usize {
        if let Some(step) = self.made.get(name) {
            return *step;
        }
        let manifest = self.manifest;
        let sole = manifest.sole().map(|(name, _)| name.as_str());
        let (work, after) = match manifest.components.get(name) {
            Some(component) => match &component.origin {
                Origin::Built(built) if built.language.value == Language::Js => {
                    let of = built.of.as_ref().map_or(manifest.app_name(), |of| &of.value).to_owned();
                    (Work::Js, vec![self.add(&of)])
                }
                Origin::Built(_) | Origin::Package { .. } | Origin::File(_) => (Work::Component, Vec::new()),
            },
            None => match (&manifest.compose, sole) {
                (None, Some(sole)) => (Work::Copy, vec![self.add(sole)]),
                (Some(_), _) | (None, None) => {
                    (Work::Compose, manifest.parts().into_iter().map(|part| self.add(part)).collect())
                }
            },
        };
        let step = Step {
            name: name.to_owned(),
            work,
            after,
            behind: self.same_folder(name),
            output: manifest.output_of(name),
        };
        self.plan.steps.push(step);
        let at = self.plan.steps.len() - 1;
        self.made.insert(name.to_owned(), at);
        at
    }

    /// The last step before that compiles in the same folder.
    fn same_folder(&self, name: &str) -> Vec<usize> {
        let folder = |name: &str| match &self.manifest.components.get(name)?.origin {
            Origin::Built(built) => match built.language.value {
                Language::Rust | Language::Go | Language::Command => {
                    Some(crate::find::normal(&self.manifest.root.join(&built.source.value)))
                }
                Language::Js | Language::Wat => None,
            },
            Origin::Package { .. } | Origin::File(_) => None,
        };
        let Some(own) = folder(name) else { return Vec::new() };
        self.made.iter().filter(|(other, _)| folder(other).as_ref() == Some(&own)).map(|(_, at)| *at).collect()
    }
}

impl Manifest {
    /// The key of [compose] that names components, where it does so, and those that nothing of the project uses.
    pub fn named(&self) -> Option<Named<'_>> {
        let (key, names) = match &self.compose.as_ref()?.how {
            How::Plug { plugs, .. } => ("with", plugs),
            How::Solve(parts) => ("solve", parts),
            // A script says itself what it takes.
            How::Script(_) => return None,
        };
        let (first, last) = (names.first()?, names.last()?);
        let parts = self.parts();
        let is_of = |name: &str| {
            self.components.values().any(|component| match &component.origin {
                Origin::Built(built) => built.of.as_ref().is_some_and(|of| of.value == name),
                Origin::Package { .. } | Origin::File(_) => false,
            })
        };
        let is_left = |name: &str, component: &Component| !is_js(component) && !parts.contains(&name) && !is_of(name);
        let left = self.components.iter().filter(|(name, component)| is_left(name, component));
        let left = left.map(|(name, component)| (name.as_str(), component)).collect();
        Some(Named { key, span: first.span.start..last.span.end, left })
    }

    /// Says of each component that nothing of the project uses that it is left out.
    pub fn left_out(&self) -> Vec<Diagnostic> {
        let Some(Named { key, span, left }) = self.named() else { return Vec::new() };
        let said = left.into_iter().map(|(name, component)| {
            let headline = format!("component `{name}` is no part of the app: `{key}` of [compose] does not name it");
            let note = diag::note("project/left-out", headline);
            let note = note.label(self.place(&component.span), "built, and not used");
            let note = note.label(self.place(&span), "what the app is made of");
            note.help(format!("add `\"{name}\"` to `{key}`"))
        });
        said.collect()
    }

    /// The components that the app is composed of, in the order of [compose]; for a script all that are wasm.
    pub fn parts(&self) -> Vec<&str> {
        let how = self.compose.as_ref().map(|compose| &compose.how);
        match how {
            Some(How::Plug { socket, plugs }) => {
                std::iter::once(socket).chain(plugs).map(|name| name.value.as_str()).collect()
            }
            Some(How::Solve(parts)) => parts.iter().map(|name| name.value.as_str()).collect(),
            Some(How::Script(_)) | None => {
                let wasm = self.components.iter().filter(|(_, component)| !is_js(component));
                wasm.map(|(name, _)| name.as_str()).collect()
            }
        }
    }
}
