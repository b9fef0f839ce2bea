//! What a component can touch, function by function, and through which of its parts.
//!
//! In: which functions of the host its core modules import (`component::read::wiring`), and its type.
//! Out: `Capabilities`: in words, with the grant that each needs of `withe run`, the parts that have it, and the
//! functions that they have it by.
//! Holds: only functions that a core module imports count, not interfaces; what one part takes from another is no
//! capability; no function of the host is dropped: what is not known is listed by its name.
//! What a function's arguments are, nobody can say here: `open-at` may create files whatever else is imported.

mod meaning;
mod words;

use component::read::{Callee, PartId, Wiring};
use indexmap::{IndexMap, IndexSet};
use types::{ComponentType, ExternName, ItemKind, ResourceId, Types};

pub use meaning::{Meaning, Touched, meaning, preview1_meaning};
pub use words::Capability;

/// What a component or module can touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// In the order of `Capability`.
    pub touches: Vec<Touch>,
    /// Functions on files that are imported while nothing can open a file.
    pub idle: Vec<String>,
    /// What hosts can do with it, by what it exports: `withe run`, `withe serve`.
    pub offers: Vec<Offer>,
}

/// One capability, and how it is come by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    pub capability: Capability,
    /// The import that is asked for, where it is none of WASI's that are known.
    pub of: Option<String>,
    pub through: Vec<Through>,
}

/// A part that has a capability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Through {
    /// The names of instances, joined with `/`; empty for the component itself.
    pub part: String,
    /// From an export of the whole to the part: the export, then each part that calls the next. Empty if no export
    /// leads there, as with what happens only when the component is instantiated.
    pub chain: Vec<String>,
    /// Import and function, as `wasi:cli/exit@0.2.0#exit`.
    pub functions: Vec<String>,
}

/// What a host can use a component for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Offer {
    Program,
    HttpHandler,
}

/// A function of the host that is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Called {
    /// As it is imported.
    import: String,
    /// Without version; what an import with a name of its own implements.
    interface: String,
    func: String,
}

impl Called {
    fn shown(&self) -> String {
        if self.func.is_empty() { self.import.clone() } else { format!("{}#{}", self.import, self.func) }
    }
}

/// Capabilities of a component.
pub fn of_component(types: &Types, ty: &ComponentType, wiring: &Wiring) -> Capabilities {
    let chains = chains(wiring);
    let mut found = Found::default();
    for (at, part) in wiring.parts.iter().enumerate() {
        let part_id = PartId(at);
        let called = part.calls.iter().flat_map(|callee| called(types, ty, callee));
        for called in called {
            found.add(called, &wiring.path(part_id), chains[at].as_deref().unwrap_or_default());
        }
    }
    found.finish(takes_files_from_elsewhere(types, ty), offers(ty.exports.keys().map(ToString::to_string)))
}

/// Capabilities of a core module, by module and name of the functions that it imports, and the names of its exports.
pub fn of_module<'m>(
    imports: impl IntoIterator<Item = (&'m str, &'m str)>,
    exports: impl IntoIterator<Item = &'m str>,
) -> Capabilities {
    let mut found = Found::default();
    for (module, name) in imports {
        if let Some(called) = of_core(module, name) {
            found.add(called, "", &[]);
        }
    }
    found.finish(false, offers(exports.into_iter().map(str::to_owned)))
}

/// Names by which bindings ask for built-ins of the Canonical ABI are no functions of the host.
fn of_core(module: &str, name: &str) -> Option<Called> {
    let module = module.strip_prefix("cm32p2|").unwrap_or(module);
    let name = name.strip_prefix("[async-lower]").unwrap_or(name);
    let is_func = ["[method]", "[static]", "[constructor]"].iter().any(|prefix| name.starts_with(prefix));
    if module.starts_with("[export]") || module.starts_with("_ex_") || name.starts_with('[') && !is_func {
        return None;
    }
    Some(match module {
        "$root" | "" => Called { import: name.to_owned(), interface: String::new(), func: String::new() },
        _ => Called { import: module.to_owned(), interface: without_version(module).to_owned(), func: name.to_owned() },
    })
}

fn without_version(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

/// A callee as functions of the host; none for another part's.
fn called(types: &Types, ty: &ComponentType, callee: &Callee) -> Vec<Called> {
    match callee {
        Callee::Part(_) => Vec::new(),
        Callee::Host { import, name } => {
            let func = name.clone().unwrap_or_default();
            vec![Called { interface: interface(types, ty, import), import: import.clone(), func }]
        }
        Callee::HostAll { import } => {
            let item = ty.imports.iter().find(|(name, _)| name.to_string() == *import);
            let Some(instance) = item.and_then(|(_, item)| item.kind.instance()) else {
                return vec![Called { interface: String::new(), import: import.clone(), func: String::new() }];
            };
            let exports = types.instance(instance).exports.iter();
            let funcs = exports.filter(|(_, item)| matches!(item.kind, ItemKind::Func(_)));
            let called = |name: &ExternName| Called {
                interface: interface(types, ty, import),
                import: import.clone(),
                func: name.to_string(),
            };
            funcs.map(|(name, _)| called(name)).collect()
        }
    }
}

/// The interface that an import has, without its version; empty for none.
fn interface(types: &Types, ty: &ComponentType, import: &str) -> String {
    let item = ty.imports.iter().find(|(name, _)| name.to_string() == import);
    let implemented = item.and_then(|(_, item)| types.instance(item.kind.instance()?).id.as_ref());
    let name = implemented.map_or_else(|| import.to_owned(), ToString::to_string);
    if name.contains('/') { without_version(&name).to_owned() } else { String::new() }
}

/// Whether files that are open come from another interface than WASI's, or from whoever calls an export.
fn takes_files_from_elsewhere(types: &Types, ty: &ComponentType) -> bool {
    let mut files: IndexSet<ResourceId> = IndexSet::new();
    for (name, item) in &ty.imports {
        let Some(instance) = item.kind.instance() else { continue };
        if interface(types, ty, &name.to_string()) != "wasi:filesystem/types" {
            continue;
        }
        let descriptor = types.instance(instance).exports.get(&ExternName::label("descriptor"));
        files.extend(descriptor.and_then(|item| item.kind.resource()));
    }
    let others = ty.imports.iter().filter(|(name, _)| !interface(types, ty, &name.to_string()).starts_with("wasi:"));
    let items = others.map(|(_, item)| item).chain(ty.exports.values());
    types::uses::uses(types, items).resources.iter().any(|resource| files.contains(resource))
}

fn offers(exports: impl Iterator<Item = String>) -> Vec<Offer> {
    let mut offers = IndexSet::new();
    for name in exports {
        match without_version(&name) {
            "wasi:cli/run" | "_start" => offers.insert(Offer::Program),
            "wasi:http/incoming-handler" | "wasi:http/handler" => offers.insert(Offer::HttpHandler),
            _ => false,
        };
    }
    offers.into_iter().collect()
}

/// For each part the shortest way from an export to it.
fn chains(wiring: &Wiring) -> Vec<Option<Vec<String>>> {
    let mut chains: Vec<Option<Vec<String>>> = vec![None; wiring.parts.len()];
    let mut open = std::collections::VecDeque::new();
    for export in &wiring.exports {
        for part in &export.parts {
            if chains[part.0].is_none() {
                let name = wiring.path(*part);
                chains[part.0] =
                    Some([export.name.clone(), name].into_iter().filter(|name| !name.is_empty()).collect());
                open.push_back(*part);
            }
        }
    }
    while let Some(from) = open.pop_front() {
        for callee in &wiring.parts[from.0].calls {
            let Callee::Part(to) = callee else { continue };
            if chains[to.0].is_none() {
                let mut chain = chains[from.0].clone().unwrap_or_default();
                chain.push(wiring.path(*to));
                chains[to.0] = Some(chain);
                open.push_back(*to);
            }
        }
    }
    chains
}

/// Who calls what.
#[derive(Default)]
struct Found {
    called: Vec<(Called, String, Vec<String>)>,
}

impl Found {
    fn add(&mut self, called: Called, part: &str, chain: &[String]) {
        self.called.push((called, part.to_owned(), chain.to_vec()));
    }

    /// `has_files` if files come open from elsewhere.
    fn finish(self, has_files: bool, offers: Vec<Offer>) -> Capabilities {
        let meanings: Vec<Meaning> = self.called.iter().map(|(called, ..)| meaning_of(called)).collect();
        let has_files = has_files || meanings.iter().any(|meaning| meaning.opens_files);
        let mut touches: IndexMap<(Capability, Option<String>), IndexMap<String, Through>> = IndexMap::new();
        let mut idle = IndexSet::new();
        for ((called, part, chain), meaning) in self.called.iter().zip(&meanings) {
            for touched in meaning.touches {
                if touched.needs_open_file && !has_files {
                    idle.insert(called.shown());
                    continue;
                }
                let of = touched.capability.is_of_an_import().then(|| called.import.clone());
                let parts = touches.entry((touched.capability, of)).or_default();
                let new = || Through { part: part.clone(), chain: chain.clone(), functions: Vec::new() };
                let through = parts.entry(part.clone()).or_insert_with(new);
                let shown = called.shown();
                if !through.functions.contains(&shown) {
                    through.functions.push(shown);
                }
            }
        }
        let mut touches: Vec<Touch> = touches
            .into_iter()
            .map(|((capability, of), through)| Touch { capability, of, through: through.into_values().collect() })
            .collect();
        touches.sort_by(|a, b| (a.capability, &a.of).cmp(&(b.capability, &b.of)));
        Capabilities { touches, idle: idle.into_iter().collect(), offers }
    }
}

fn meaning_of(called: &Called) -> Meaning {
    match called.interface.as_str() {
        "wasi_snapshot_preview1" | "wasi_unstable" => preview1_meaning(&called.func),
        interface => meaning(interface, &called.func),
    }
}
