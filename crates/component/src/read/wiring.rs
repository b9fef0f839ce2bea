//! Wiring: which instances there are when a component is instantiated, and which functions the core modules of each
//! import, from the host or from one another.
//!
//! In: the bytes of a valid component. Out: `Wiring`: parts as a tree, what each calls, and who is behind each export.
//! Holds: nothing is run: definitions are followed as an instantiation would, so what a part is given is followed
//! through aliases, instances put together from items, and components that only pass things on; a function counts
//! once a core module imports it; what a core module does with its imports is not looked at;
//! time and memory are bounded, however many instances the bytes ask for.
//!
//! Specification: Component Model explainer, "Instance Definitions", "Canonical Definitions".

mod eval;
mod value;

use diag::{Diagnostic, Place};
use indexmap::IndexSet;

/// Which of `Wiring::parts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartId(pub usize);

/// A component, instantiated.
#[derive(Clone, Debug, Default)]
pub struct Wiring {
    /// The component itself first; each part after the one that it is inside of.
    pub parts: Vec<Part>,
    pub exports: Vec<Exported>,
}

/// An instance of a component.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Unique among the parts of the same part; the root has the name that it gives itself, or none.
    pub name: String,
    /// The part that makes this instance.
    pub parent: Option<PartId>,
    /// Whether it instantiates core modules: others only pass things on.
    pub has_core: bool,
    /// Imports of the root that it is given something of, by their names there.
    pub takes: IndexSet<String>,
    /// What its core modules import that is no core function.
    pub calls: IndexSet<Callee>,
}

/// A function of a component, from where it is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Callee {
    /// An import of the root, and the function in it: `None` for the import itself; names inside names have a `/`.
    Host { import: String, name: Option<String> },
    /// All that an import of the root has: it is handed to something that is imported itself.
    HostAll { import: String },
    /// A function that a part makes of a core function.
    Part(PartId),
}

/// An export of the root.
#[derive(Clone, Debug)]
pub struct Exported {
    pub name: String,
    /// The parts whose functions these are.
    pub parts: IndexSet<PartId>,
    /// Imports of the root that are passed on.
    pub hosts: IndexSet<String>,
}

/// Instances that are followed.
const MOST_PARTS: usize = 4096;
/// Instances inside instances that are followed.
const MOST_LEVELS: usize = 64;
/// Bytes of sections that are read, those of a component anew for each of its instances.
const MOST_BYTES: usize = 256 << 20;

/// Follows all instances. The bytes must be those of a valid component.
///
/// # Errors
/// `unsupported/instances` for more than are followed.
pub fn wiring(file: &str, bytes: &[u8]) -> diag::Result<Wiring> {
    eval::wiring(bytes).map_err(|too_many| too_many_instances(file, too_many).into())
}

/// Which bound is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TooMany {
    Parts,
    Levels,
    Bytes,
}

fn too_many_instances(file: &str, too_many: TooMany) -> Diagnostic {
    let text = match too_many {
        TooMany::Parts => format!("more than {MOST_PARTS} instances"),
        TooMany::Levels => format!("instances inside instances, more than {MOST_LEVELS} deep"),
        TooMany::Bytes => format!("more than {} MiB of definitions, counted for each instance", MOST_BYTES >> 20),
    };
    diag::error("unsupported/instances", format!("`{file}` makes more instances than are followed"))
        .label(Place::file(file), text)
        .help("look at the components inside one by one, or at `--size`, which needs no instances")
}

impl Wiring {
    /// The names of a part and of those that it is inside of, joined with `/`; empty for the root.
    pub fn path(&self, part: PartId) -> String {
        let mut names = Vec::new();
        let mut at = Some(part);
        while let Some(here) = at {
            at = self.parts[here.0].parent;
            if at.is_some() {
                names.push(self.parts[here.0].name.as_str());
            }
        }
        names.reverse();
        names.join("/")
    }

    /// The parts that have core modules.
    pub fn with_core(&self) -> impl Iterator<Item = (PartId, &Part)> {
        let parts = self.parts.iter().enumerate().map(|(at, part)| (PartId(at), part));
        parts.filter(|(_, part)| part.has_core)
    }
}
