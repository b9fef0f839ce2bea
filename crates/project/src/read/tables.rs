//! The tables that stand alone: `[app]`, `[dependencies]`, `[registries]`, `[grants]`, `[limits]`, `[deploy]`.

use std::path::PathBuf;

use indexmap::IndexMap;
use semver::{Version, VersionReq};

use super::Reading;
use super::fields::{APP, DEPENDENCY, DEPLOY, Entry, Fields, GRANTS, Kind, LIMITS, shown};
use crate::PackageName;
use crate::manifest::{App, At, Dependency, Deploy, From, Grants, Limits, Registries};
use crate::name::is_word;

/// A table whose keys are names that users choose.
const NAMES: Kind = Kind { name: "a table of names", keys: &[] };

impl Reading {
    pub fn app(&mut self, top: &Fields<'_>) -> Option<App> {
        let Some(entry) = top.get("app") else {
            if top.misspells("app") {
                return None;
            }
            let place = self.at(&(0..0));
            let error = diag::error("project/missing-key", "the manifest has no `[app]`");
            let help = "add `[app]` with `name = \"NAMESPACE:NAME\"` and `version = \"0.1.0\"`";
            self.say(error.label(place, "`[app]` says who the whole is").help(help));
            return None;
        };
        let fields = self.table_of(&entry, APP, APP.name.to_owned())?;
        self.known_only(&fields);
        let (name, version) = (self.app_name(&fields), self.app_version(&fields));
        let wit = match fields.get("wit") {
            Some(_) => self.path(&fields, "wit"),
            None => Some(At { value: PathBuf::from("wit"), span: fields.span.clone() }),
        };
        let authors = self.texts(&fields, "authors").into_iter().map(|text| text.value).collect();
        let [description, license, homepage, repository] = ["description", "license", "homepage", "repository"]
            .map(|key| self.text(&fields, key).map(|text| text.value));
        Some(App { name: name?, version: version?, description, authors, license, homepage, repository, wit: wit? })
    }

    fn app_name(&mut self, fields: &Fields<'_>) -> Option<At<PackageName>> {
        if fields.get("name").is_none() {
            self.missing(fields, "name", "name = \"NAMESPACE:NAME\"");
            return None;
        }
        let text = self.text(fields, "name")?;
        let value = self.package_name(&text)?;
        Some(At { value, span: text.span })
    }

    /// A name of a package, or what a text like it would be as one.
    pub fn package_name(&mut self, text: &At<String>) -> Option<PackageName> {
        let help = match likely_name(&text.value) {
            Some(name) => format!("write `\"{name}\"`"),
            None => "write `\"NAMESPACE:NAME\"`, lower-case words with `-` between".to_owned(),
        };
        self.parsed(text, "project/bad-name", "name of a package", &help)
    }

    fn app_version(&mut self, fields: &Fields<'_>) -> Option<At<Version>> {
        if fields.get("version").is_none() {
            self.missing(fields, "version", "version = \"0.1.0\"");
            return None;
        }
        let text = self.text(fields, "version")?;
        let help = match text.value.split('.').count() {
            1 | 2 => "write three numbers, `MAJOR.MINOR.PATCH`",
            _ => "write it as `1.2.3`, with `-beta.1` after it if need be",
        };
        let value = self.parsed(&text, "project/bad-version", "version", help)?;
        Some(At { value, span: text.span })
    }

    pub fn requirement(&mut self, text: &At<String>) -> Option<VersionReq> {
        let help = "write it as Cargo has it: `\"1.2\"`, `\"=1.2.3\"`, `\">=1, <3\"` or `\"*\"`";
        self.parsed(text, "project/bad-version", "requirement of a version", help)
    }

    pub fn dependencies(&mut self, top: &Fields<'_>) -> IndexMap<PackageName, Dependency> {
        let Some(fields) = self.names(top, "dependencies", "[dependencies]") else { return IndexMap::new() };
        let mut found = IndexMap::new();
        for entry in fields.entries() {
            let name = At { value: entry.key.to_owned(), span: entry.key_span.clone() };
            let name = self.package_name(&name);
            let dependency = self.dependency(&entry);
            if let (Some(name), Some(dependency)) = (name, dependency) {
                found.insert(name, dependency);
            }
        }
        found
    }

    fn dependency(&mut self, entry: &Entry<'_>) -> Option<Dependency> {
        let span = entry.key_span.clone();
        if entry.item.as_str().is_some() {
            let version = self.text_of(entry)?;
            return Some(Dependency { span, version: self.requirement(&version)?, from: From::Mapping });
        }
        if entry.item.as_table_like().is_none() {
            self.wrong_kind(entry, "a requirement such as \"1.2\" or a table");
            return None;
        }
        let fields = self.table_of(entry, DEPENDENCY, format!("dependency `{}`", shown(entry.key)))?;
        self.known_only(&fields);
        self.one_of(&fields, &["path", "registry", "oci"]);
        let version = match self.word(&fields, "version") {
            Some(text) => self.requirement(&text)?,
            None => VersionReq::STAR,
        };
        let path = self.path(&fields, "path").map(From::Path);
        let registry = self.word(&fields, "registry").map(From::Registry);
        let oci = self.word(&fields, "oci").map(From::Oci);
        Some(Dependency { span, version, from: path.or(registry).or(oci).unwrap_or(From::Mapping) })
    }

    /// Says of all but the first of these keys that they do not go together.
    pub fn one_of(&mut self, fields: &Fields<'_>, keys: &[&str]) {
        let mut entries = keys.iter().filter_map(|key| fields.get(key));
        let Some(first) = entries.next() else { return };
        for other in entries {
            let headline = format!("{} has both `{}` and `{}`", fields.name, first.key, other.key);
            let (place, before) = (self.at(&other.key_span), self.at(&first.key_span));
            let error = diag::error("project/key-conflict", headline).label(place, "one of the two is enough");
            let error = error.label(before, "the other one");
            self.say(error.help(format!("take `{}` or `{}` away", first.key, other.key)));
        }
    }

    pub fn registries(&mut self, top: &Fields<'_>) -> Registries {
        let Some(fields) = self.names(top, "registries", "[registries]") else { return Registries::default() };
        let mut registries = Registries { default: self.word(&fields, "default"), by_name: IndexMap::new() };
        for entry in fields.entries().into_iter().filter(|entry| entry.key != "default") {
            let is_name = is_word(entry.key) || entry.key.parse::<PackageName>().is_ok();
            if !is_name {
                let headline = format!("`{}` is neither a namespace nor a package", shown(entry.key));
                let place = self.at(&entry.key_span);
                let error = diag::error("project/bad-name", headline).label(place, "lower-case words with `-` between");
                self.say(error.help("write `NAMESPACE = \"HOST\"` or `\"NAMESPACE:NAME\" = \"HOST/REPOSITORY\"`"));
            }
            if let Some(said) = self.word(&fields, entry.key).filter(|_| is_name) {
                registries.by_name.insert(entry.key.to_owned(), said);
            }
        }
        registries
    }

    pub fn grants(&mut self, top: &Fields<'_>) -> Grants {
        let Some(fields) = self.table(top, "grants", GRANTS) else { return Grants::default() };
        Grants {
            dir: self.texts(&fields, "dir"),
            env: self.granted_env(&fields),
            listen: self.texts(&fields, "listen"),
            connect: self.texts(&fields, "connect"),
            http_allow: self.texts(&fields, "http-allow"),
            clock: self.word(&fields, "clock"),
            random: self.word(&fields, "random"),
            key_value: self.texts(&fields, "key-value"),
        }
    }

    fn granted_env(&mut self, grants: &Fields<'_>) -> IndexMap<String, At<Option<String>>> {
        let Some(fields) = self.names(grants, "env", "[grants.env]") else { return IndexMap::new() };
        let mut found = IndexMap::new();
        for entry in fields.entries() {
            if !self.is_variable(&entry) {
                continue;
            }
            let value = match entry.item.as_bool() {
                Some(true) => Some(None),
                Some(false) => {
                    let headline = format!("variable `{}` cannot be `false`", shown(entry.key));
                    self.bad_value(&entry.span, headline, "a text, or `true` for the caller's", "take the line away");
                    None
                }
                None if entry.item.is_str() => self.text_of(&entry).map(|text| Some(text.value)),
                None => {
                    self.wrong_kind(&entry, "a text in quotes, or `true` for the caller's");
                    None
                }
            };
            if let Some(value) = value {
                found.insert(entry.key.to_owned(), At { value, span: entry.span });
            }
        }
        found
    }

    /// A table of variables of the environment.
    pub fn env(&mut self, of: &Fields<'_>, key: &str, name: &str) -> IndexMap<String, String> {
        let Some(fields) = self.names(of, key, name) else { return IndexMap::new() };
        let mut found = IndexMap::new();
        for entry in fields.entries() {
            if let (true, Some(text)) = (self.is_variable(&entry), self.text_of(&entry)) {
                found.insert(entry.key.to_owned(), text.value);
            }
        }
        found
    }

    fn is_variable(&mut self, entry: &Entry<'_>) -> bool {
        let fits = !entry.key.is_empty() && !entry.key.contains(|c: char| c == '=' || c.is_control());
        if !fits {
            let headline = format!("`{}` is no name of a variable", shown(entry.key));
            let place = self.at(&entry.key_span);
            let error = diag::error("project/bad-name", headline).label(place, "empty, or with a `=` in it");
            self.say(error.help("write `NAME = \"VALUE\"`"));
        }
        fits
    }

    pub fn limits(&mut self, top: &Fields<'_>) -> Limits {
        let Some(fields) = self.table(top, "limits", LIMITS) else { return Limits::default() };
        Limits {
            fuel: self.number(&fields, "fuel", 0),
            timeout: self.word(&fields, "timeout"),
            memory: self.word(&fields, "memory"),
        }
    }

    pub fn deploy(&mut self, top: &Fields<'_>) -> Deploy {
        let Some(fields) = self.table(top, "deploy", DEPLOY) else { return Deploy::default() };
        Deploy {
            image: self.word(&fields, "image"),
            route: self.word(&fields, "route"),
            replicas: self.number(&fields, "replicas", 1),
            port: self.number(&fields, "port", 1),
        }
    }

    /// A table whose keys are names that users choose.
    fn names<'t>(&mut self, of: &Fields<'t>, key: &str, name: &str) -> Option<Fields<'t>> {
        let entry = of.get(key)?;
        self.table_of(&entry, NAMES, name.to_owned())
    }
}

/// The name of a package that a text such as `Example/My_App` may have meant.
fn likely_name(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase().replace(['_', ' ', '.'], "-");
    let text = text.replacen('/', ":", 1);
    let text = if text.contains(':') { text } else { format!("example:{text}") };
    text.parse::<PackageName>().ok().map(|name| name.to_string())
}
