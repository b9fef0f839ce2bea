//! The keys of one table, and which there may be.
//!
//! In: a table of TOML. Out: its entries by key; unknown keys are told, with what is near, or where they belong.

use std::ops::Range;

use toml_edit::{Item, Key, TableLike};

use super::Reading;

/// A kind of table: how it is called, and the keys it may have.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    pub name: &'static str,
    pub keys: &'static [&'static str],
}

pub const TOP: Kind = Kind {
    name: "the top of the manifest",
    keys: &["app", "components", "compose", "dependencies", "registries", "grants", "limits", "deploy", "tests"],
};
pub const APP: Kind = Kind {
    name: "[app]",
    keys: &["name", "version", "description", "authors", "license", "homepage", "repository", "wit"],
};
pub const COMPONENT: Kind = Kind {
    name: "[components.NAME]",
    keys: &[
        "language",
        "package",
        "path",
        "source",
        "wit",
        "world",
        "build",
        "output",
        "inputs",
        "reuse",
        "env",
        "bindings",
        "bindgen",
        "flags",
        "wrap",
        "of",
        "transpile",
    ],
};
pub const COMPOSE: Kind = Kind { name: "[compose]", keys: &["plug", "with", "solve", "script", "target"] };
pub const DEPENDENCY: Kind = Kind { name: "[dependencies]", keys: &["version", "path", "registry", "oci"] };
pub const GRANTS: Kind =
    Kind { name: "[grants]", keys: &["dir", "env", "listen", "connect", "http-allow", "clock", "random", "key-value"] };
pub const LIMITS: Kind = Kind { name: "[limits]", keys: &["fuel", "timeout", "memory"] };
pub const DEPLOY: Kind = Kind { name: "[deploy]", keys: &["image", "route", "replicas", "port"] };

/// Every kind whose keys are fixed, for "it belongs there".
const ALL: &[Kind] = &[TOP, APP, COMPONENT, COMPOSE, DEPENDENCY, GRANTS, LIMITS, DEPLOY];

/// What other manifests call what this one has.
const ELSEWHERE: &[(&str, &str)] = &[
    ("package", "[app]"),
    ("project", "[app]"),
    ("application", "[app]"),
    ("component", "[components.NAME]"),
    ("module", "[components.NAME]"),
    ("workspace", "[components.NAME]"),
    ("registry", "[registries]"),
    ("overrides", "[dependencies]"),
    ("lang", "language"),
    ("src", "source"),
    ("dir", "source"),
    ("folder", "source"),
    ("command", "build"),
    ("cmd", "build"),
    ("out", "output"),
    ("license-expression", "license"),
    ("permissions", "[grants]"),
    ("capabilities", "[grants]"),
];

/// One table.
pub struct Fields<'t> {
    pub kind: Kind,
    /// As it is called in what is said of it.
    pub name: String,
    /// Where its name stands.
    pub span: Range<usize>,
    table: &'t dyn TableLike,
}

/// A key and what it says.
#[derive(Clone)]
pub struct Entry<'t> {
    pub key: &'t str,
    /// Where the key stands.
    pub key_span: Range<usize>,
    /// Where the value stands; the key's place if it is a table that only its parts mention.
    pub span: Range<usize>,
    pub item: &'t Item,
}

impl<'t> Fields<'t> {
    pub fn of(table: &'t dyn TableLike, kind: Kind, name: String, span: Range<usize>) -> Self {
        Self { kind, name, span, table }
    }

    pub fn get(&self, key: &str) -> Option<Entry<'t>> {
        self.table.get_key_value(key).map(|(key, item)| entry(key, item))
    }

    /// Whether a key that the table may not have was meant to be `key`: that has been said, with what to write instead.
    pub fn misspells(&self, key: &str) -> bool {
        let unknown = self.table.iter().filter(|(given, _)| !self.kind.keys.contains(given));
        unknown.into_iter().any(|(given, _)| likely(given, self.kind) == Some(key))
    }

    pub fn entries(&self) -> Vec<Entry<'t>> {
        self.table.iter().filter_map(|(key, _)| self.get(key)).collect()
    }
}

fn entry<'t>(key: &'t Key, item: &'t Item) -> Entry<'t> {
    let key_span = key.span().unwrap_or(0..0);
    // A table's own span is its header, which the key is part of.
    let span = if item.is_value() { item.span() } else { None };
    Entry { key: key.get(), span: span.unwrap_or_else(|| key_span.clone()), key_span, item }
}

impl Reading {
    /// Says of each key that the table may not have what was meant.
    pub fn known_only(&mut self, fields: &Fields<'_>) {
        for entry in fields.entries() {
            if !fields.kind.keys.contains(&entry.key) {
                let headline = format!("{} has no key `{}`", fields.name, shown(entry.key));
                let place = self.at(&entry.key_span);
                let unknown = diag::error("project/unknown-key", headline).label(place, "not known here");
                self.say(unknown.help(meant(entry.key, fields.kind)));
            }
        }
    }

    /// The table that stands under the key, or nothing if there is none.
    pub fn table<'t>(&mut self, of: &Fields<'t>, key: &str, kind: Kind) -> Option<Fields<'t>> {
        let entry = of.get(key)?;
        let table = self.table_of(&entry, kind, kind.name.to_owned())?;
        self.known_only(&table);
        Some(table)
    }

    /// What the entry holds, as a table.
    pub fn table_of<'t>(&mut self, entry: &Entry<'t>, kind: Kind, name: String) -> Option<Fields<'t>> {
        let Some(table) = entry.item.as_table_like() else {
            self.wrong_kind(entry, "a table");
            return None;
        };
        Some(Fields::of(table, kind, name, entry.key_span.clone()))
    }

    pub fn wrong_kind(&mut self, entry: &Entry<'_>, expected: &str) {
        self.wrong(entry.key, &entry.span, expected, entry.item.type_name());
    }

    /// With what is meant, where that can be told.
    pub fn wrong_kind_as(&mut self, entry: &Entry<'_>, expected: &str, meant: &str) {
        self.wrong_as(entry.key, &entry.span, expected, entry.item.type_name(), meant);
    }

    /// `found` is a kind as TOML calls it.
    pub fn wrong(&mut self, key: &str, span: &Range<usize>, expected: &str, found: &str) {
        self.wrong_as(key, span, expected, found, expected);
    }

    fn wrong_as(&mut self, key: &str, span: &Range<usize>, expected: &str, found: &str, meant: &str) {
        let article = if found.starts_with(['a', 'i']) { "an" } else { "a" };
        let headline = format!("`{}` is {expected}, not {article} {found}", shown(key));
        let place = self.at(span);
        let error = diag::error("project/wrong-kind", headline).label(place, format!("{article} {found}"));
        self.say(error.help(format!("write {meant}")));
    }

    /// Says that a table lacks what it needs, but where a misspelt key was told already.
    pub fn missing(&mut self, fields: &Fields<'_>, key: &str, line: &str) {
        if fields.misspells(key) {
            return;
        }
        let place = self.at(&fields.span);
        let headline = format!("{} has no `{key}`", fields.name);
        let error = diag::error("project/missing-key", headline).label(place, format!("`{key}` is wanted here"));
        self.say(error.help(format!("add `{line}`")));
    }
}

/// A text of the manifest as a headline holds it: on one line, and short.
pub fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let mut shown: String = text.chars().take(MOST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The key of `kind` that `key` is another spelling or another name of.
fn likely(key: &str, kind: Kind) -> Option<&'static str> {
    let near = diag::near_misses(key, kind.keys.iter().copied());
    let other = || elsewhere(key).map(|instead| instead.trim_matches(['[', ']']));
    near.first().copied().or_else(|| other().filter(|instead| kind.keys.contains(instead)))
}

/// What other manifests' `key` is called here.
fn elsewhere(key: &str) -> Option<&'static str> {
    ELSEWHERE.iter().find(|(name, _)| *name == key).map(|(_, instead)| *instead)
}

/// What to do about a key that `kind` has not.
fn meant(key: &str, kind: Kind) -> String {
    let near = diag::near_misses(key, kind.keys.iter().copied());
    if let Some(near) = near.first() {
        return format!("did you mean `{near}`?");
    }
    if let Some(instead) = elsewhere(key)
        && (instead.starts_with('[') || kind.keys.contains(&instead))
    {
        return format!("here it is called `{instead}`");
    }
    let homes: Vec<_> = ALL.iter().filter(|kind| kind.keys.contains(&key)).map(|kind| at(kind.name)).collect();
    if !homes.is_empty() {
        return format!("put it into {}", homes.join(" or "));
    }
    let anywhere = ALL.iter().flat_map(|kind| kind.keys.iter().map(move |key| (key, kind)));
    let names = ALL.iter().flat_map(|kind| kind.keys).copied();
    if let Some(near) = diag::near_misses(key, names).first()
        && let Some((_, home)) = anywhere.into_iter().find(|(key, _)| *key == near)
    {
        return format!("did you mean `{near}` of {}?", at(home.name));
    }
    let keys: Vec<_> = kind.keys.iter().map(|key| format!("`{key}`")).collect();
    format!("take it away; what there can be here: {}", keys.join(", "))
}

/// The name of a kind as a place to put something.
fn at(name: &str) -> String {
    if name == TOP.name { "the top, before the first table".to_owned() } else { format!("`{name}`") }
}
