//! The scene of a component: its levels from the outermost to the innermost, and each component inside once.
//!
//! In: the bytes of a component. Out: `picture::Scene`.
//! Holds: what is no composition is one instance with its core modules inside; of a composition inside another, the level
//! is shown if a graph can say it; levels deeper than `MOST_LEVELS` are not entered.

use std::collections::HashMap;

use component::read::{Contents, contents};
use picture::{Level, Module, Part, PartId, Scene, Texts};
use types::{ComponentType, Types};

use super::level;

/// Compositions inside compositions that are entered: no picture shows more.
const MOST_LEVELS: usize = 16;

/// What the picture of a component shows.
///
/// # Errors
/// Those of `component::read`; `unsupported/composition` for a composition that no graph can say.
pub fn scene(file: &str, bytes: &[u8]) -> diag::Result<Scene> {
    let mut parts = Parts { parts: Vec::new(), known: HashMap::new(), texts: Texts::default() };
    let contents = contents(bytes);
    let title = contents.name.clone().unwrap_or_else(|| compose::part::stem(file).to_owned());
    let level = match parts.inside(file, bytes, &contents, 0) {
        Some(inside) => inside?,
        None => parts.alone(file, bytes, &contents, &title)?,
    };
    let Parts { parts, texts, .. } = parts;
    Ok(Scene { title, size: bytes.len() as u64, level, parts, texts })
}

/// Each component once.
pub struct Parts<'a> {
    parts: Vec<Part>,
    known: HashMap<&'a [u8], PartId>,
    pub texts: Texts,
}

impl<'a> Parts<'a> {
    /// How a composition is wired inside; none for a component that makes something of its own.
    fn inside(
        &mut self,
        file: &str,
        bytes: &'a [u8],
        contents: &Contents<'a>,
        depth: usize,
    ) -> Option<diag::Result<Level>> {
        if contents.makes || contents.components.is_empty() {
            return None;
        }
        let mut types = Types::new();
        let graph = compose::decode(&mut types, file, bytes);
        Some(graph.map(|graph| level::level(&types, &graph, self, depth)))
    }

    /// A component that is no composition: one instance, what it imports and what it exports.
    fn alone(&mut self, file: &str, bytes: &'a [u8], contents: &Contents<'a>, title: &str) -> diag::Result<Level> {
        let mut types = Types::new();
        let component = component::read(&mut types, file, bytes)?;
        let part = self.describe(&types, &component.ty, bytes, contents, Some(title), None);
        let level = level::around(&part, PartId(self.parts.len()));
        self.parts.push(part);
        Ok(level)
    }

    /// The part of the scene that an embedded component is.
    pub fn part(&mut self, types: &Types, part: &compose::Part<'a>, depth: usize) -> PartId {
        if let Some(&known) = self.known.get(part.bytes) {
            return known;
        }
        let contents = contents(part.bytes);
        // One that cannot be read is shown closed: the component around it is a composition all the same.
        let is_entered = depth < MOST_LEVELS;
        let inner = is_entered.then(|| self.inside(&part.file, part.bytes, &contents, depth + 1)).flatten();
        let inner = inner.and_then(Result::ok);
        let made = self.describe(types, &part.ty, part.bytes, &contents, part.name.as_deref(), inner);
        self.parts.push(made);
        let id = PartId(self.parts.len() - 1);
        self.known.insert(part.bytes, id);
        id
    }

    fn describe(
        &mut self,
        types: &Types,
        ty: &ComponentType,
        bytes: &[u8],
        contents: &Contents<'_>,
        name: Option<&str>,
        inner: Option<Level>,
    ) -> Part {
        let module = |module: &component::read::Embedded<'_>| Module {
            name: module.name.clone().unwrap_or_default(),
            size: module.bytes.len() as u64,
        };
        let name = name.map(str::to_owned).or_else(|| contents.name.clone()).unwrap_or_else(|| telling_name(ty));
        Part {
            name,
            id: level::digest(bytes),
            size: Some(bytes.len() as u64),
            imports: level::items(types, &ty.imports, &mut self.texts),
            exports: level::items(types, &ty.exports, &mut self.texts),
            modules: contents.modules.iter().map(module).collect(),
            inner,
        }
    }
}

/// What to call a component that nobody named: by its first exported interface, else by its first export.
fn telling_name(ty: &ComponentType) -> String {
    let interface = ty.exports.keys().find_map(|name| match name {
        types::ExternName::Interface(interface) => Some(interface.interface.clone()),
        types::ExternName::Label(_)
        | types::ExternName::Constructor(_)
        | types::ExternName::Method(..)
        | types::ExternName::Static(..)
        | types::ExternName::Accessor(_) => None,
    });
    interface.or_else(|| ty.exports.keys().next().map(ToString::to_string)).unwrap_or_default()
}
