//! What the names of a manifest refer to.
//!
//! In: what could be read of a manifest, and its text, in which there are more components. Out: names that are there twice, that nothing has, that cannot be
//! used where they are, and components of JavaScript that are made of one another.

use std::ops::Range;

use diag::Diagnostic;
use indexmap::IndexMap;
use toml_edit::TableLike;

use super::fields::{Fields, shown};
use crate::Manifest;
use crate::manifest::{At, Component, How, Language, Origin};

pub fn check<'m>(manifest: &'m Manifest, top: &Fields<'m>, found: &mut Vec<Diagnostic>) {
    let written = top.get("components").and_then(|entry| entry.item.as_table_like());
    let mut names = Names { manifest, written, found };
    names.app();
    names.composition();
    names.of_js();
}

struct Names<'m, 'f> {
    manifest: &'m Manifest,
    /// Components have a name here even if what is said of them could not be read.
    written: Option<&'m dyn TableLike>,
    found: &'f mut Vec<Diagnostic>,
}

impl<'m> Names<'m, '_> {
    fn place(&self, span: &Range<usize>) -> diag::Place {
        self.manifest.place(span)
    }

    /// `target/withe/NAME.wasm` is one file: the app's or a component's.
    fn app(&mut self) {
        let app = &self.manifest.app.name;
        let Some(component) = self.manifest.components.get(&app.value.name) else { return };
        if is_js(component) || self.manifest.sole().is_some_and(|(name, _)| *name == app.value.name) {
            return;
        }
        let headline = format!("component `{0}` has the name of the app `{1}`", app.value.name, app.value);
        let error = diag::error("project/duplicate", headline);
        let error = error.label(self.place(&component.span), "both would be written to one file");
        let error = error.label(self.place(&app.span), "the app");
        self.found.push(error.help("give the component another name"));
    }

    fn composition(&mut self) {
        let manifest = self.manifest;
        let Some(compose) = &manifest.compose else { return };
        let named: Vec<&At<String>> = match &compose.how {
            How::Plug { socket, plugs } => std::iter::once(socket).chain(plugs).collect(),
            How::Solve(parts) => parts.iter().collect(),
            How::Script(_) => return,
        };
        let mut seen: IndexMap<&str, &Range<usize>> = IndexMap::new();
        for name in named {
            self.part(name);
            let Some(before) = seen.insert(&name.value, &name.span) else { continue };
            let is_socket = matches!(&compose.how, How::Plug { socket, .. } if socket.value == name.value);
            let (code, headline) = if is_socket {
                ("project/cycle", format!("component `{}` is plugged into itself", shown(&name.value)))
            } else {
                ("project/duplicate", format!("component `{}` stands twice in [compose]", shown(&name.value)))
            };
            let error = diag::error(code, headline).label(self.place(&name.span), "again");
            let error = error.label(self.place(before), "first here");
            self.found.push(error.help("take one of them away; an instance serves all that need it"));
        }
    }

    /// Something that the composition is made of.
    fn part(&mut self, name: &At<String>) {
        let manifest = self.manifest;
        let Some(component) = manifest.components.get(&name.value) else { return self.unknown(name) };
        if is_js(component) {
            let headline =
                format!("component `{}` is a host in JavaScript, so it is no part of a composition", name.value);
            let error =
                diag::error("project/not-a-part", headline).label(self.place(&name.span), "not a wasm component");
            let error = error.label(self.place(&component.span), "made here");
            self.found.push(error.help(format!("take `{}` away; it is made of what is composed", name.value)));
        }
    }

    fn unknown(&mut self, name: &At<String>) {
        if self.written.is_some_and(|written| written.contains_key(&name.value)) {
            return;
        }
        let names = || self.manifest.components.keys().map(String::as_str);
        let near = diag::near_misses(&name.value, names());
        let error = diag::error("project/unknown-component", format!("there is no component `{}`", shown(&name.value)));
        let error = error.label(self.place(&name.span), "not in [components]");
        self.found.push(match near.first() {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!("add `[components.{}]`, or take the name away", shown(&name.value))),
        });
    }

    fn of_js(&mut self) {
        let manifest = self.manifest;
        for (name, component) in &manifest.components {
            let Origin::Built(built) = &component.origin else { continue };
            if built.language.value != Language::Js {
                continue;
            }
            match &built.of {
                Some(of) => self.of(name, of),
                None if manifest.compose.is_some() || manifest.sole().is_some() || !self.found.is_empty() => {}
                None => {
                    let headline = format!("component `{name}` does not say what it is made of");
                    let error = diag::error("project/missing-key", headline);
                    let error = error.label(self.place(&component.span), "there is no [compose], so there is no app");
                    self.found.push(error.help("add `of = \"COMPONENT\"`"));
                }
            }
        }
    }

    fn of(&mut self, name: &str, of: &At<String>) {
        let manifest = self.manifest;
        let Some(component) = manifest.components.get(&of.value) else { return self.unknown(of) };
        if !is_js(component) {
            return;
        }
        let chain = chain(manifest, name);
        let error = if let Some(chain) = chain {
            let headline = format!("component `{name}` is made of itself: {}", chain.join(" of "));
            diag::error("project/cycle", headline).label(self.place(&of.span), "leads back")
        } else {
            let headline = format!("component `{}` is JavaScript, of which none is made", of.value);
            diag::error("project/not-a-part", headline).label(self.place(&of.span), "not a wasm component")
        };
        let error = error.label(self.place(&component.span), "made here");
        self.found.push(error.help("name the wasm component that is to become JavaScript"));
    }
}

fn is_js(component: &Component) -> bool {
    matches!(&component.origin, Origin::Built(built) if built.language.value == Language::Js)
}

/// The names from `first` along `of` back to it, in backticks, if they lead back.
fn chain(manifest: &Manifest, first: &str) -> Option<Vec<String>> {
    let mut names = vec![format!("`{first}`")];
    let mut name = first;
    // Longer than there are components is a circle that `first` is not in.
    for _ in 0..manifest.components.len() {
        let Origin::Built(built) = &manifest.components.get(name)?.origin else { return None };
        name = &built.of.as_ref()?.value;
        names.push(format!("`{name}`"));
        if name == first {
            return Some(names);
        }
    }
    None
}
