//! What a picture shows: components, what they take from the host and from one another, and what the whole offers.
//!
//! In: whatever the caller knows about a component. Out: plain data, drawn by the rest of this crate.
//! Holds: ids are positions in the table they belong to. What a part has inside stands before it in [`Scene::parts`],
//! so that levels end. Edges go from the provider to the consumer and make no cycle within a level.
//!
//! A part is the content of a component, embedded once however often it is instantiated; a node of kind `Instance` is
//! one instantiation of a part. So two instances of one component have two nodes and one part, and its size counts once.

use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A component and everything inside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scene {
    /// What the picture is of, such as the name of the file or of the root package.
    pub title: String,
    /// Bytes of the whole component, with everything that is embedded in it.
    pub size: u64,
    /// What the whole is made of, outermost.
    pub level: Level,
    /// Each component that is inside, once, whatever level it is in.
    pub parts: Vec<Part>,
    /// The WIT texts that items and edges refer to.
    pub texts: Texts,
}

/// The nodes of one component and the edges between them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

/// A component's content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What people call it, such as `my:logger@1.2.0`; may be empty.
    pub name: String,
    /// The digest of its bytes, or another text that is the same only for the same content; shown shortened.
    pub id: String,
    /// Bytes of it; none when it is not embedded but imported as a component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Its imports, whether or not an edge satisfies them.
    pub imports: Vec<Item>,
    pub exports: Vec<Item>,
    /// The core modules directly inside it.
    pub modules: Vec<Module>,
    /// How it is wired inside, when it is a composition itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inner: Option<Level>,
}

/// A core module inside a component.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// From its name section or the component's; may be empty.
    pub name: String,
    /// Bytes of it.
    pub size: u64,
}

/// A box of the picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Node {
    /// A component instance. `name` is the instance's own, such as the name of the variable in a script; it may be
    /// empty, and two instances may have the same.
    Instance { name: String, part: PartId },
    /// An instance put together from items of others.
    Bag { name: String },
    /// What this level's component imports: an interface, func or type of the host, or of the level around it.
    Import(Item),
    /// What this level's component exports. One edge leads to it.
    Export(Item),
    /// A type that this level's component defines itself.
    Definition(Item),
}

/// Something with a name and a type that a component imports or exports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    #[serde(flatten)]
    pub name: Name,
    pub sort: Sort,
    /// Its type in WIT, to be shown when one points at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wit: Option<TextId>,
    /// The resources that it defines or takes part in, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
}

/// A name, its version apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Name {
    /// Such as `wasi:io/streams` or `run`; an item inside an interface is `wasi:io/streams#read`.
    pub name: String,
    /// Such as `0.2.6`, when the name has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// What kind of thing a name stands for. Specification: Explainer, "Index Spaces" (`sort`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// An interface.
    #[default]
    Instance,
    Func,
    Type,
    Component,
    CoreModule,
}

/// Something that a provider gives to a consumer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// The provider.
    pub from: NodeId,
    /// The consumer.
    pub to: NodeId,
    /// As the provider calls it; an empty name says that the provider is passed as a whole, not one of its exports.
    pub provided: Name,
    /// As the consumer calls it: the name of its import, of the export, or of the item of a bag. Its version may differ
    /// from the provider's within a semver track.
    pub wanted: Name,
    pub sort: Sort,
    /// The WIT of what flows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wit: Option<TextId>,
    /// The resources whose handles flow, by name; empty when none do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
}

/// A part, by its position in [`Scene::parts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PartId(pub usize);

/// A node, by its position in [`Level::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NodeId(pub usize);

/// A text, by its position in [`Scene::texts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TextId(usize);

/// Texts, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    texts: IndexSet<String>,
}

impl Texts {
    /// The id of a text, which is added if it is new.
    pub fn add(&mut self, text: impl Into<String>) -> TextId {
        TextId(self.texts.insert_full(text.into()).0)
    }

    /// Empty if the id is not one of this table.
    pub fn get(&self, id: TextId) -> &str {
        self.texts.get_index(id.0).map_or("", String::as_str)
    }

    /// All texts, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }
}

impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.texts)
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Texts, D::Error> {
        Ok(Texts { texts: Vec::<String>::deserialize(deserializer)?.into_iter().collect() })
    }
}

impl Scene {
    /// The part that an id stands for. Panics if the id is not one of this scene.
    pub fn part(&self, id: PartId) -> &Part {
        &self.parts[id.0]
    }
}

impl Level {
    /// Adds a node.
    pub fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() - 1)
    }

    /// The parts of this level's instances, in order of first use, with the number of instances of each.
    pub fn parts(&self) -> IndexMap<PartId, usize> {
        let mut counts = IndexMap::new();
        for node in &self.nodes {
            if let Node::Instance { part, .. } = node {
                *counts.entry(*part).or_insert(0) += 1;
            }
        }
        counts
    }
}

impl Node {
    /// The node's name, without a version.
    pub fn name(&self) -> &str {
        match self {
            Node::Instance { name, .. } | Node::Bag { name } => name,
            Node::Import(item) | Node::Export(item) | Node::Definition(item) => &item.name.name,
        }
    }
}

impl Name {
    /// The name of something without a version.
    pub fn plain(name: impl Into<String>) -> Name {
        Name { name: name.into(), version: None }
    }

    /// Parts `wasi:io/streams@0.2.6` at its last `@`. An item inside is written after a `#` and stays in the name:
    /// `wasi:io/streams@0.2.6#read` is `wasi:io/streams#read` of version `0.2.6`.
    pub fn parse(text: &str) -> Name {
        let (whole, item) = text.split_once('#').map_or((text, None), |(whole, item)| (whole, Some(item)));
        let (name, version) = match whole.rsplit_once('@') {
            Some((name, version)) if is_version(version) => (name, Some(version.to_owned())),
            Some(_) | None => (whole, None),
        };
        let name = item.map_or_else(|| name.to_owned(), |item| format!("{name}#{item}"));
        Name { name, version }
    }

    /// The package of `wasi:io/streams`, which is `wasi:io`; none for a plain name.
    pub fn package(&self) -> Option<&str> {
        self.name.split_once('/').map(|(package, _)| package).filter(|package| package.contains(':'))
    }

    /// The name without its package: `streams` for `wasi:io/streams`.
    pub fn short(&self) -> &str {
        match self.package() {
            Some(package) => &self.name[package.len() + 1..],
            None => &self.name,
        }
    }
}

/// Whether a text looks like `1.2.0-rc.1`, so that `unlocked-dep=<a:b@{>=1.0.0}>` stays whole.
fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parted_at_the_version() {
        let parts = |text| {
            let Name { name, version } = Name::parse(text);
            (name, version.unwrap_or_default())
        };
        assert_eq!(parts("wasi:io/streams@0.2.6"), ("wasi:io/streams".into(), "0.2.6".into()));
        assert_eq!(parts("wasi:io/streams@0.2.6#read"), ("wasi:io/streams#read".into(), "0.2.6".into()));
        assert_eq!(parts("run"), ("run".into(), String::new()));
        assert_eq!(parts("unlocked-dep=<a:b@{>=1.0.0}>").1, "");
        assert_eq!(Name::parse("wasi:io/streams@0.2.6").short(), "streams");
        assert_eq!(Name::parse("run").package(), None);
    }

    #[test]
    fn a_part_counts_once() {
        let mut level = Level::default();
        for name in ["a", "b"] {
            level.add(Node::Instance { name: name.to_owned(), part: PartId(0) });
        }
        assert_eq!(level.parts().into_iter().collect::<Vec<_>>(), [(PartId(0), 2)]);
    }
}
