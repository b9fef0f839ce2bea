//! What a component weighs: every byte of the file belongs to exactly one leaf of a tree.
//!
//! In: the regions of a file. Out: `Weight`s: parts, sections, crates, functions; the heaviest first.
//! Holds: the bytes of a weight are the sum of those inside it, so the leaves sum to the file's size.

mod rust;

use component::read::{Region, RegionKind};

/// Something that takes bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weight {
    pub kind: Kind,
    pub name: String,
    pub bytes: u64,
    /// The heaviest first; those that weigh the same in the file's order.
    pub inner: Vec<Weight>,
}

/// What it is that takes bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Component,
    Module,
    /// A section; all of one kind together.
    Section,
    /// Custom sections of one name.
    Custom,
    /// Functions of one Rust crate.
    Crate,
    Function,
    DataSegment,
    /// Ids, sizes and counts of what stands beside it.
    Headers,
}

impl Kind {
    /// As reports have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Module => "module",
            Self::Section => "section",
            Self::Custom => "custom",
            Self::Crate => "crate",
            Self::Function => "function",
            Self::DataSegment => "data",
            Self::Headers => "headers",
        }
    }
}

/// The weights of a file.
pub fn weigh(region: &Region) -> Weight {
    let name = match region.kind {
        RegionKind::Function => rust::demangled(&region.name).unwrap_or_else(|| region.name.clone()),
        RegionKind::Component
        | RegionKind::Module
        | RegionKind::Preamble
        | RegionKind::Section
        | RegionKind::Custom
        | RegionKind::DataSegment => region.name.clone(),
    };
    let bytes = region.range.len() as u64;
    let mut inner = merged(region.inner.iter().map(weigh));
    let known: u64 = inner.iter().map(|weight| weight.bytes).sum();
    if !inner.is_empty() && known < bytes {
        let headers =
            Weight { kind: Kind::Headers, name: "headers".to_owned(), bytes: bytes - known, inner: Vec::new() };
        inner.push(headers);
    }
    if region.kind == RegionKind::Section {
        inner = rust::by_crate(inner);
    }
    heaviest_first(&mut inner);
    Weight { kind: kind(region.kind), name, bytes, inner }
}

fn kind(kind: RegionKind) -> Kind {
    match kind {
        RegionKind::Component => Kind::Component,
        RegionKind::Module => Kind::Module,
        RegionKind::Preamble => Kind::Headers,
        RegionKind::Section => Kind::Section,
        RegionKind::Custom => Kind::Custom,
        RegionKind::Function => Kind::Function,
        RegionKind::DataSegment => Kind::DataSegment,
    }
}

/// Sections of one name become one: a component has many, each of a few items.
fn merged(weights: impl Iterator<Item = Weight>) -> Vec<Weight> {
    let mut all: indexmap::IndexMap<(Kind, String), Weight> = indexmap::IndexMap::new();
    let mut rest = Vec::new();
    for weight in weights {
        match weight.kind {
            Kind::Section | Kind::Custom => match all.get_mut(&(weight.kind, weight.name.clone())) {
                Some(known) => {
                    known.bytes += weight.bytes;
                    known.inner.extend(weight.inner);
                }
                None => {
                    all.insert((weight.kind, weight.name.clone()), weight);
                }
            },
            Kind::Component | Kind::Module | Kind::Crate | Kind::Function | Kind::DataSegment | Kind::Headers => {
                rest.push(weight);
            }
        }
    }
    rest.extend(all.into_values());
    rest
}

fn heaviest_first(weights: &mut [Weight]) {
    weights.sort_by_key(|weight| std::cmp::Reverse(weight.bytes));
}

impl Weight {
    /// Sum of the leaves, in bytes.
    pub fn leaves(&self) -> u64 {
        if self.inner.is_empty() { self.bytes } else { self.inner.iter().map(Self::leaves).sum() }
    }
}

/// How the weights of two versions of a file differ, for what is in both or in one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub kind: Kind,
    pub name: String,
    /// In bytes; none for what the older has not.
    pub old: Option<u64>,
    /// None for what the newer has not.
    pub new: Option<u64>,
    /// The largest changes first; empty if all that is inside weighs the same.
    pub inner: Vec<Change>,
}

impl Change {
    /// In bytes.
    pub fn by(&self) -> i128 {
        i128::from(self.new.unwrap_or(0)) - i128::from(self.old.unwrap_or(0))
    }
}

/// The same part in the older file and in the newer one.
type Pair<'w> = (Option<&'w Weight>, Option<&'w Weight>);

/// What changed from one file to another. Parts are the same if their kinds and names are, in order where several are.
pub fn changes(old: &Weight, new: &Weight) -> Change {
    let mut known: indexmap::IndexMap<(Kind, &str, usize), Pair<'_>> = indexmap::IndexMap::new();
    for (at, weights) in [&old.inner, &new.inner].into_iter().enumerate() {
        let mut times: indexmap::IndexMap<(Kind, &str), usize> = indexmap::IndexMap::new();
        for weight in weights {
            let nth = times.entry((weight.kind, weight.name.as_str())).or_default();
            let entry = known.entry((weight.kind, weight.name.as_str(), *nth)).or_default();
            *nth += 1;
            if at == 0 { entry.0 = Some(weight) } else { entry.1 = Some(weight) }
        }
    }
    let one = |weight: &Weight, is_old: bool| Change {
        kind: weight.kind,
        name: weight.name.clone(),
        old: is_old.then_some(weight.bytes),
        new: (!is_old).then_some(weight.bytes),
        inner: Vec::new(),
    };
    let mut inner: Vec<Change> = known
        .into_values()
        .filter_map(|pair| match pair {
            (Some(old), Some(new)) => Some(changes(old, new)),
            (Some(old), None) => Some(one(old, true)),
            (None, Some(new)) => Some(one(new, false)),
            (None, None) => None,
        })
        .filter(|change| change.old != change.new || !change.inner.is_empty())
        .collect();
    inner.sort_by_key(|change| std::cmp::Reverse(change.by().unsigned_abs()));
    Change { kind: new.kind, name: new.name.clone(), old: Some(old.bytes), new: Some(new.bytes), inner }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(text: &str) -> (u64, Weight) {
        let bytes = wat::parse_str(text).unwrap();
        let region = component::read::anatomy("c.wasm", &bytes).unwrap();
        (bytes.len() as u64, weigh(&region))
    }

    fn names(weight: &Weight) -> Vec<(&'static str, &str, u64)> {
        weight.inner.iter().map(|one| (one.kind.word(), one.name.as_str(), one.bytes)).collect()
    }

    #[test]
    fn leaves_sum_to_the_file() {
        let text = r#"(component (core module $m (func $f nop nop nop) (func $g) (memory 1) (data (i32.const 0) "1234"))
            (core instance $i (instantiate $m)) (core instance (instantiate $m)))"#;
        let (size, weight) = weight(text);
        assert_eq!((weight.bytes, weight.leaves()), (size, size));
        assert_eq!(weight.inner[0].kind, Kind::Module);
        let code = weight.inner[0].inner.iter().find(|one| one.name == "code").unwrap();
        assert_eq!(names(code), [("function", "f", 6), ("function", "g", 3), ("headers", "headers", 3)]);
    }

    #[test]
    fn functions_of_rust_are_grouped_by_crate() {
        let text = r#"(module (func $_ZN4core3fmt5write17h0123456789abcdefE nop nop)
            (func $_RNvCs1234_7mycrate3foo nop) (func $memcpy nop) (func $_ZN4core5panic17h0123456789abcdefE))"#;
        let (size, weight) = weight(text);
        assert_eq!(weight.leaves(), size);
        let code = weight.inner.iter().find(|one| one.name == "code").unwrap();
        let expected =
            [("crate", "core", 8), ("crate", "mycrate", 4), ("function", "memcpy", 4), ("headers", "headers", 3)];
        assert_eq!(names(code), expected);
        assert_eq!(names(&code.inner[0]), [("function", "core::fmt::write", 5), ("function", "core::panic", 3)]);
    }

    #[test]
    fn what_changed_is_told() {
        let (_, old) = weight("(module (func $f nop) (func $g) (memory 1))");
        let (_, new) = weight("(module (func $f nop nop nop) (func $h nop nop))");
        let change = changes(&old, &new);
        assert_eq!(change.by(), i128::from(new.bytes) - i128::from(old.bytes));
        let code = change.inner.iter().find(|one| one.name == "code").unwrap();
        let inner: Vec<_> = code.inner.iter().map(|one| (one.name.as_str(), one.old, one.new)).collect();
        assert_eq!(inner, [("h", None, Some(5)), ("g", Some(3), None), ("f", Some(4), Some(6))]);
        assert_eq!(changes(&old, &old).inner, []);
    }
}
