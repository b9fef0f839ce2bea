//! About: what a binary says of itself in custom sections, part by part.
//!
//! In: the bytes of a component or module. Out: `About`, with those of embedded ones inside.
//! Holds: custom sections mean nothing to an engine, so one that is damaged yields what can be read of it.
//!
//! Specification: tool-conventions, "Producers Section", "Target Features Section", "Debugging"; the annotations of
//! OCI images, as `wasm-metadata` writes them.

use ::types::{InterfaceName, Types};
use indexmap::IndexMap;
use wasm::Producers;
use wasmparser::BinaryReader;

use super::{BinaryKind, contents, kind_of};
use crate::metadata;

/// What one component or module says of itself.
#[derive(Clone, Debug)]
pub struct About {
    pub kind: BinaryKind,
    /// What the component around it calls it, else what it calls itself, else its place among others.
    pub name: String,
    /// In bytes.
    pub size: usize,
    pub producers: Producers,
    /// `authors`, `description` and their like, by the names of their sections.
    pub texts: IndexMap<String, String>,
    /// Target features with `+` (used) or `-` (forbidden).
    pub features: Vec<String>,
    /// Worlds that are embedded for an encoder, and those that cannot be read, by their sections.
    pub worlds: Vec<String>,
    pub debug: Debug,
    /// Custom sections and their bytes, those of one name together.
    pub customs: IndexMap<String, usize>,
    pub inner: Vec<About>,
}

/// What is there for a debugger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Debug {
    /// A name section.
    pub names: bool,
    /// Bytes of DWARF.
    pub dwarf: usize,
    /// Where the rest is: `sourceMappingURL`, `external_debug_info`.
    pub elsewhere: Option<String>,
}

/// Texts that tools embed about a whole.
const TEXTS: [&str; 7] = ["authors", "description", "licenses", "source", "homepage", "revision", "version"];

/// Components inside components that are looked at; deeper ones have nothing inside.
const MOST_LEVELS: usize = 32;

/// What a file says of itself.
pub fn about(bytes: &[u8]) -> About {
    of(bytes, None, 0)
}

fn of(bytes: &[u8], name: Option<String>, depth: usize) -> About {
    let kind = kind_of(bytes).unwrap_or(BinaryKind::CoreModule);
    let mut about = About {
        kind,
        name: name.unwrap_or_default(),
        size: bytes.len(),
        producers: Producers::default(),
        texts: IndexMap::new(),
        features: Vec::new(),
        worlds: Vec::new(),
        debug: Debug::default(),
        customs: IndexMap::new(),
        inner: Vec::new(),
    };
    wasm::custom_sections(bytes).for_each(|custom| about.custom(&custom));
    if kind == BinaryKind::CoreModule {
        if about.name.is_empty() {
            about.name = wasm::module_name(bytes).unwrap_or_default().to_owned();
        }
        return about;
    }
    let contents = contents(bytes);
    if about.name.is_empty() {
        about.name = contents.name.clone().unwrap_or_default();
    }
    if depth < MOST_LEVELS {
        let embedded = [(&contents.modules, "core module"), (&contents.components, "component")];
        for (at, part, what) in
            embedded.iter().flat_map(|(all, what)| all.iter().zip(1..).map(move |(one, at)| (at, one, what)))
        {
            let name = part.name.clone().unwrap_or_else(|| format!("{what} {at}"));
            about.inner.push(of(part.bytes, Some(name), depth + 1));
        }
    }
    about
}

impl About {
    fn custom(&mut self, custom: &wasm::Custom<'_>) {
        *self.customs.entry(custom.name.to_owned()).or_default() += custom.data.len();
        match custom.name {
            "name" | "component-name" => self.debug.names = true,
            "producers" => self.producers.merge(&Producers::parse(custom.data)),
            "target_features" => self.features.extend(features(custom.data)),
            "sourceMappingURL" | "external_debug_info" => self.debug.elsewhere = string(custom.data),
            name if name.starts_with(".debug_") => self.debug.dwarf += custom.data.len(),
            name if wasm::is_metadata(name) => self.worlds.push(world(custom)),
            name if TEXTS.contains(&name) => {
                let text = String::from_utf8_lossy(custom.data).into_owned();
                self.texts.entry(name.to_owned()).or_insert(text);
            }
            _ => {}
        }
    }

    /// This one and all inside, with their paths; this one's is empty.
    pub fn all(&self) -> Vec<(String, &About)> {
        let mut all = vec![(String::new(), self)];
        for inner in &self.inner {
            all.extend(inner.all().into_iter().map(|(path, about)| {
                let path = if path.is_empty() { inner.name.clone() } else { format!("{}/{path}", inner.name) };
                (path, about)
            }));
        }
        all
    }

    /// The producers of all parts: a tool with each of its versions.
    pub fn all_producers(&self) -> IndexMap<String, Vec<String>> {
        let mut merged: IndexMap<String, Vec<String>> = IndexMap::new();
        for (_, about) in self.all() {
            for (field, tools) in &about.producers.fields {
                let known = merged.entry(field.clone()).or_default();
                for (tool, version) in tools {
                    let shown = if version.is_empty() { tool.clone() } else { format!("{tool} {version}") };
                    if !known.contains(&shown) {
                        known.push(shown);
                    }
                }
            }
        }
        merged
    }
}

/// A vector of signs and names.
fn features(data: &[u8]) -> Vec<String> {
    let mut reader = BinaryReader::new(data, 0);
    let mut features = Vec::new();
    let count = reader.read_var_u32().unwrap_or(0);
    for _ in 0..count {
        let (Ok(sign), Ok(name)) = (reader.read_u8(), reader.read_string()) else { break };
        features.push(format!("{}{name}", char::from(sign)));
    }
    features
}

fn string(data: &[u8]) -> Option<String> {
    BinaryReader::new(data, 0).read_string().ok().map(str::to_owned)
}

/// The world that a section describes, or the section's name.
fn world(custom: &wasm::Custom<'_>) -> String {
    match metadata::decode(&mut Types::new(), custom.name, custom.data) {
        Ok(found) => {
            InterfaceName { package: found.world.package.clone(), interface: found.world.name.clone() }.to_string()
        }
        Err(_) => format!("`{}`, which cannot be read", custom.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_read_part_by_part() {
        let text = r#"(component $whole
            (core module $main (@custom "target_features" "\02+\07simd128-\03foo") (@custom ".debug_info" "12345")
              (@custom "producers" "\01\08language\01\04Rust\041.95"))
            (component $part (@custom "description" "a part") (core module (@name "deep")))
            (@custom "authors" "Ada") (@custom "producers" "\01\0cprocessed-by\01\05withe\011"))"#;
        let about = about(&wat::parse_str(text).unwrap());
        let all = about.all();
        let paths: Vec<&str> = all.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["", "main", "part", "part/deep"]);
        assert_eq!((about.name.as_str(), about.texts["authors"].as_str()), ("whole", "Ada"));
        assert_eq!(all[1].1.features, ["+simd128", "-foo"]);
        assert_eq!((all[1].1.debug.dwarf, all[2].1.texts["description"].as_str()), (5, "a part"));
        let producers = about.all_producers();
        assert_eq!(
            (producers["language"].as_slice(), producers["processed-by"].as_slice()),
            (&["Rust 1.95".to_owned()][..], &["withe 1".to_owned()][..])
        );
    }
}
