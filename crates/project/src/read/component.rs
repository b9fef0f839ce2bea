//! `[components.NAME]`: which keys go with which origin, and what they say.

use std::path::PathBuf;

use indexmap::IndexMap;
use semver::VersionReq;

use super::Reading;
use super::fields::{COMPONENT, Entry, Fields, shown};
use crate::manifest::{At, Bindings, Built, Component, Language, Origin};
use crate::name::is_word;

/// The keys that a component of a language has besides `language`.
fn keys_of(language: Language) -> &'static [&'static str] {
    match language {
        Language::Rust | Language::Go => &["source", "wit", "world", "env", "bindings", "bindgen", "flags", "wrap"],
        Language::Js => &["source", "of", "transpile"],
        Language::Wat => &["source", "wit", "world", "output", "wrap"],
        Language::Command => &["source", "wit", "world", "build", "output", "inputs", "reuse", "env", "wrap"],
    }
}

/// What people call the languages.
const OTHER_NAMES: &[(&str, Language)] = &[
    ("rs", Language::Rust),
    ("cargo", Language::Rust),
    ("golang", Language::Go),
    ("javascript", Language::Js),
    ("typescript", Language::Js),
    ("ts", Language::Js),
    ("wast", Language::Wat),
    ("python", Language::Command),
    ("py", Language::Command),
    ("c", Language::Command),
    ("c++", Language::Command),
    ("cpp", Language::Command),
    ("zig", Language::Command),
    ("shell", Language::Command),
];

impl Reading {
    pub fn components(&mut self, top: &Fields<'_>) -> IndexMap<String, Component> {
        let Some(entry) = top.get("components") else { return IndexMap::new() };
        let Some(fields) = self.table_of(&entry, COMPONENT, "[components]".to_owned()) else { return IndexMap::new() };
        let mut found = IndexMap::new();
        for entry in fields.entries() {
            self.component_name(&entry);
            if entry.item.as_table_like().is_none() && COMPONENT.keys.contains(&entry.key) {
                // `[components]` with the keys of a component right in it.
                let headline = format!("`{}` is a key of a component, not a component", entry.key);
                let place = self.at(&entry.key_span);
                let error = diag::error("project/unknown-key", headline).label(place, "which component is it for?");
                self.say(error.help("give the table the component's name: `[components.NAME]`"));
                continue;
            }
            let Some(fields) = self.table_of(&entry, COMPONENT, format!("component `{}`", shown(entry.key))) else {
                continue;
            };
            self.known_only(&fields);
            if let Some(origin) = self.origin(&fields, &entry) {
                found.insert(entry.key.to_owned(), Component { span: entry.key_span, origin });
            }
        }
        found
    }

    fn component_name(&mut self, entry: &Entry<'_>) {
        if is_word(entry.key) {
            return;
        }
        let headline = format!("`{}` is no name of a component", shown(entry.key));
        let place = self.at(&entry.key_span);
        let error = diag::error("project/bad-name", headline);
        let error = error.label(place, "a name is lower-case words of letters and digits with `-` between");
        let likely = entry.key.trim().to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let likely = likely.trim_matches('-');
        self.say(if is_word(likely) {
            error.help(format!("write `[components.{likely}]`"))
        } else {
            error.help("give it a name such as `store` or `front-end`")
        });
    }

    fn origin(&mut self, fields: &Fields<'_>, entry: &Entry<'_>) -> Option<Origin> {
        const ORIGINS: &[&str] = &["language", "package", "path"];
        self.one_of(fields, ORIGINS);
        if fields.get("language").is_some() {
            return self.built(fields, entry).map(|built| Origin::Built(Box::new(built)));
        }
        if fields.get("package").is_some() {
            self.only(fields, "package", &[]);
            let text = self.text(fields, "package")?;
            return self.package(&text);
        }
        if fields.get("path").is_some() {
            self.only(fields, "path", &[]);
            return self.path(fields, "path").map(Origin::File);
        }
        if ORIGINS.iter().any(|key| fields.misspells(key)) {
            return None;
        }
        let place = self.at(&fields.span);
        let headline = format!("{} says neither `language` nor `package` nor `path`", fields.name);
        let error = diag::error("project/missing-key", headline).label(place, "where does it come from?");
        self.say(error.help("add `language = \"rust\"`, `package = \"NAMESPACE:NAME@1.2\"` or `path = \"FILE.wasm\"`"));
        None
    }

    /// `ns:name` or `ns:name@REQ`.
    fn package(&mut self, text: &At<String>) -> Option<Origin> {
        let (name, version) = match text.value.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text.value.as_str(), None),
        };
        let part = |value: &str| At { value: value.to_owned(), span: text.span.clone() };
        let name = self.package_name(&part(name));
        let version = match version {
            Some(version) => self.requirement(&part(version)),
            None => Some(VersionReq::STAR),
        };
        Some(Origin::Package { name: At { value: name?, span: text.span.clone() }, version: version? })
    }

    fn built(&mut self, fields: &Fields<'_>, entry: &Entry<'_>) -> Option<Built> {
        let language = self.language(fields)?;
        self.only(fields, &format!("language = \"{}\"", language.value.name()), keys_of(language.value));
        let source = match fields.get("source") {
            Some(_) => self.path(fields, "source"),
            None => Some(At { value: PathBuf::from(entry.key), span: entry.key_span.clone() }),
        };
        let built = Built {
            language,
            source: source.unwrap_or(At { value: PathBuf::new(), span: 0..0 }),
            wit: self.path(fields, "wit"),
            world: self.word(fields, "world"),
            build: self.texts(fields, "build"),
            output: self.path(fields, "output"),
            inputs: self.texts(fields, "inputs"),
            reuse: self.reuse(fields),
            env: self.env(fields, "env", &format!("`env` of component `{}`", shown(entry.key))),
            bindings: self.bindings(fields),
            bindgen: self.texts(fields, "bindgen"),
            flags: self.texts(fields, "flags"),
            wrap: self.texts(fields, "wrap"),
            of: self.word(fields, "of"),
            transpile: self.texts(fields, "transpile"),
        };
        if built.language.value == Language::Command {
            self.command(fields, &built);
        }
        Some(built)
    }

    /// What a `command` cannot do without.
    fn command(&mut self, fields: &Fields<'_>, built: &Built) {
        match (fields.get("build"), built.build.first()) {
            (None, _) => self.missing(fields, "build", "build = [\"PROGRAM\", \"ARGUMENT\"]"),
            (Some(entry), None) if entry.item.as_array().is_some_and(toml_edit::Array::is_empty) => {
                self.bad_value(
                    &entry.span,
                    "`build` names no program",
                    "an empty list",
                    "write `[\"PROGRAM\", \"ARGUMENT\"]`",
                );
            }
            (Some(_), Some(program)) if program.value.trim().is_empty() => {
                let span = program.span.clone();
                self.bad_value(&span, "`build` names no program", "an empty text", "write the program's name first");
            }
            (Some(_), _) => {}
        }
        if fields.get("output").is_none() {
            self.missing(fields, "output", "output = \"FILE.wasm\"");
        }
    }

    fn language(&mut self, fields: &Fields<'_>) -> Option<At<Language>> {
        let text = self.text(fields, "language")?;
        if let Some(value) = Language::ALL.iter().find(|language| language.name() == text.value) {
            return Some(At { value: *value, span: text.span });
        }
        let lower = text.value.to_lowercase();
        let near = diag::near_misses(&lower, Language::ALL.iter().map(|language| language.name()));
        let other = OTHER_NAMES.iter().find(|(name, _)| *name == lower);
        let help = match (other, near.first()) {
            (Some((_, Language::Command)), _) => {
                "write `language = \"command\"` with the compiler's command line in `build`".to_owned()
            }
            (Some((_, language)), _) => format!("write `\"{}\"`", language.name()),
            (None, Some(near)) => format!("did you mean `\"{near}\"`?"),
            (None, None) => {
                let all: Vec<_> = Language::ALL.iter().map(|language| format!("`{}`", language.name())).collect();
                format!("write one of {}; `command` is for every other compiler", all.join(", "))
            }
        };
        let headline = format!("there is no language `{}`", shown(&text.value));
        self.bad_value(&text.span, headline, "not known", &help);
        None
    }

    fn reuse(&mut self, fields: &Fields<'_>) -> bool {
        let Some(entry) = fields.get("reuse") else { return false };
        let value = entry.item.as_bool();
        if value.is_none() {
            self.wrong_kind(&entry, "`true` or `false`");
        }
        value.unwrap_or(false)
    }

    fn bindings(&mut self, fields: &Fields<'_>) -> Bindings {
        let Some(entry) = fields.get("bindings") else { return Bindings::Default };
        match (entry.item.as_bool(), entry.item.is_str()) {
            (Some(true), _) => Bindings::Default,
            (Some(false), _) => Bindings::None,
            (None, true) => self.path(fields, "bindings").map_or(Bindings::Default, Bindings::Folder),
            (None, false) => {
                self.wrong_kind(&entry, "a folder, or `false` for none");
                Bindings::Default
            }
        }
    }

    /// Says of each key of a component that does not go with what `origin` says.
    fn only(&mut self, fields: &Fields<'_>, origin: &str, allowed: &[&str]) {
        // That the three origins exclude one another has been said.
        let origins = ["language", "package", "path"];
        let first = origins.iter().find_map(|key| fields.get(key));
        for entry in fields.entries() {
            let is_known = COMPONENT.keys.contains(&entry.key) && !origins.contains(&entry.key);
            if !is_known || allowed.contains(&entry.key) {
                continue;
            }
            let headline = format!("`{}` does not go with `{origin}`", entry.key);
            let place = self.at(&entry.key_span);
            let mut error = diag::error("project/key-conflict", headline).label(place, "of no use here");
            if let Some(first) = &first {
                error = error.label(self.at(&first.span), "because of this");
            }
            self.say(error.help(with_whom(entry.key)));
        }
    }
}

/// Which languages a key is for.
fn with_whom(key: &str) -> String {
    let languages = Language::ALL.iter().filter(|language| keys_of(**language).contains(&key));
    let languages: Vec<_> = languages.map(|language| format!("`{}`", language.name())).collect();
    format!("take `{key}` away; it is for {}", languages.join(", "))
}
