//! What is known of packages while versions are chosen.
//!
//! In: the lock, and what sources answer. Out: versions and needs, for `resolve`.
//! Holds: a source is asked only for what neither the lock nor an earlier answer says; questions that do not wait for
//! one another are asked at the same time.

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use diag::{Diagnostic, Diagnostics, Place};
use indexmap::{IndexMap, IndexSet};
use registry::{Client, Reference};
use semver::Version;

use super::contents::Contents;
use super::lock::{Digest, Lock, Locked, id};
use super::mapping::{Mapping, Origin, is_folder, slashed};
use super::remote::{Remote, Repositories, well_known};
use super::resolve::{Ask, Asker, Known, Query};
use super::source::{Listed, LocalRegistry, OnePackage, Source};
use super::track::of_reference;
use super::wkg::Prefix;
use super::{Options, Update, shown};
use crate::PackageName;

/// So many sources are asked at the same time.
const AT_ONCE: usize = 20;

type Id = (PackageName, Option<Version>);

/// What is known so far.
pub struct Facts<'a> {
    pub mapping: Mapping<'a>,
    pub options: &'a Options,
    /// What may be taken from the lock.
    pub lock: Lock,
    /// Versions that are tried before newer ones.
    pub preferred: Vec<Id>,
    /// What sources say there is, by package.
    versions: IndexMap<PackageName, Listed>,
    pub contents: IndexMap<Id, Contents>,
    client: OnceLock<Client>,
}

impl<'a> Facts<'a> {
    pub fn new(mut mapping: Mapping<'a>, options: &'a Options, lock: Lock, preferred: Vec<Id>) -> Self {
        for locked in &lock.packages {
            let Some(registry) = locked.source.strip_prefix("registry+") else { continue };
            let asks = |other: &Locked| locked.required_by.iter().any(|one| one.by == other.id());
            if lock.packages.iter().any(|other| other.source == locked.source && asks(other)) {
                mapping.beside.insert(locked.name.clone(), registry.to_owned());
            }
        }
        let client = OnceLock::new();
        Self { mapping, options, lock, preferred, versions: IndexMap::new(), contents: IndexMap::new(), client }
    }

    /// The entries of the lock for a package, if what the lock says of it still holds.
    fn locked<'l>(&'l self, name: &'l PackageName) -> impl Iterator<Item = &'l Locked> {
        self.lock.packages.iter().filter(move |locked| locked.name == *name && self.is_kept(locked))
    }

    fn is_kept(&self, locked: &Locked) -> bool {
        let is_updated = match &self.options.update {
            Update::Keep => false,
            Update::All => true,
            Update::Some(names) => names.contains(&locked.name),
        };
        !is_updated && self.is_current(locked)
    }

    /// Whether a package would be looked for where it was found. What is here as a path is read again each time, unless
    /// `deps/` is where everything is from.
    fn is_current(&self, locked: &Locked) -> bool {
        if self.lock.vendored && self.options.vendor.is_none() {
            return self.mapping.explicit(&locked.name).is_none_or(|(origin, _)| origin.to_string() == locked.source);
        }
        let origin = self.mapping.origin(&locked.name, &Place::file(""));
        origin.is_ok_and(|(origin, _)| !matches!(origin, Origin::Path(_)) && origin.to_string() == locked.source)
    }

    /// The entry of the lock that a choice is, if it is one.
    pub fn entry(&self, name: &PackageName, version: Option<&Version>) -> Option<&Locked> {
        let is_it = |locked: &&Locked| locked.name == *name && locked.version.as_ref() == version;
        let locked = self.lock.packages.iter().find(is_it)?;
        self.is_kept(locked).then_some(locked)
    }

    /// Finds things out; all that cannot be is told at once.
    ///
    /// # Errors
    ///
    /// `deps/unknown-package`, `deps/no-registry`, those of sources and of `Contents::read`.
    pub fn find(&mut self, queries: &[Query], asks: &[Ask]) -> diag::Result<()> {
        // What nobody says yet, a package may turn out to need that is looked for now: then it is looked for beside.
        let is_placed = |query: &&Query| {
            let (Query::Versions(name) | Query::Needs(name, _)) = query;
            self.mapping.origin(name, &Place::file("")).is_ok()
        };
        let (placed, open): (Vec<&Query>, Vec<&Query>) = queries.iter().partition(is_placed);
        let queries = if placed.is_empty() { open.clone() } else { placed };
        let answers = at_once(&queries, |query| self.answer(query, asks));
        let mut found = Vec::new();
        for (query, answer) in queries.into_iter().zip(answers) {
            match (query, answer) {
                (_, Err(Diagnostics(more))) => found.extend(more),
                (Query::Versions(name), Ok(Answer::Versions(listed))) => {
                    self.versions.insert(name.clone(), listed);
                }
                (Query::Needs(name, version), Ok(Answer::Contents(contents))) => {
                    let origin = self.mapping.origin(name, &Place::file(""));
                    if let Ok((Origin::Registry(registry), _)) = origin {
                        for need in &contents.needs {
                            self.mapping.beside.entry(need.name.clone()).or_insert_with(|| registry.clone());
                        }
                    }
                    for need in &contents.needs {
                        if let Some(path) = &need.near {
                            let path = path.strip_prefix(&self.mapping.manifest.root).unwrap_or(path).to_owned();
                            self.mapping.near.entry(need.name.clone()).or_insert(path);
                        }
                    }
                    self.contents.insert((name.clone(), version.clone()), *contents);
                }
                (Query::Versions(_), Ok(Answer::Contents(_))) | (Query::Needs(..), Ok(Answer::Versions(_))) => {}
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        // With the others is told what the manifest itself names and says no place of.
        let is_named = |ask: &&Ask| matches!(ask.by, Asker::Manifest | Asker::Component(_) | Asker::User);
        for query in open {
            let (Query::Versions(name) | Query::Needs(name, _)) = query;
            let asked = asks.iter().filter(is_named).find(|ask| ask.name == *name);
            found.extend(asked.and_then(|ask| self.mapping.origin(name, &ask.place).err()));
        }
        let mut told: Vec<Diagnostic> = Vec::new();
        for one in found {
            if !told.contains(&one) {
                told.push(one);
            }
        }
        Err(Diagnostics(told))
    }

    fn answer(&self, query: &Query, asks: &[Ask]) -> diag::Result<Answer> {
        let (Query::Versions(name) | Query::Needs(name, _)) = query;
        let ask = asks.iter().find(|ask| ask.name == *name);
        let asked = ask.map_or_else(|| Place::file(super::lock::FILE), |ask| ask.place.clone());
        match query {
            Query::Versions(name) => {
                let listed = self.source(name, &asked).and_then(|source| source.look(name));
                let listed = listed.map_err(|found| asked_for(found, &asked))?;
                if listed.versions.is_empty() {
                    return Err(unknown_package(name, &asked, &listed).into());
                }
                Ok(Answer::Versions(listed))
            }
            Query::Needs(name, version) => {
                let contents = self.get(name, version.as_ref(), None, &asked)?;
                Ok(Answer::Contents(Box::new(contents)))
            }
        }
    }

    /// What is in a version of a package.
    ///
    /// # Errors
    ///
    /// Those of sources and of `Contents::read`; `deps/another-package`.
    pub fn get(
        &self,
        name: &PackageName,
        version: Option<&Version>,
        digest: Option<&Digest>,
        asked: &Place,
    ) -> diag::Result<Contents> {
        let raw = self.source(name, asked).and_then(|source| source.get(name, version, digest));
        let raw = raw.map_err(|found| asked_for(found, asked))?;
        let called = id(name, version);
        let contents = Contents::read(&called, raw)?;
        match &contents.package {
            Some((own, own_version)) if own != name || own_version.as_ref() != version => {
                let own = id(own, own_version.as_ref());
                Err(diag::error("deps/another-package", format!("what is there as `{called}` calls itself `{own}`"))
                    .label(asked.clone(), "asked for here")
                    .help("ask for another version, and tell who keeps the registry")
                    .into())
            }
            Some(_) | None => Ok(contents),
        }
    }

    /// As `at_once` does, over what a caller wants of this.
    pub fn each<T: Sync, R: Send>(&self, all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
        at_once(all, work)
    }

    /// Where a package is from, as the lock writes it.
    ///
    /// # Errors
    ///
    /// `deps/no-registry`.
    pub fn origin(&self, name: &PackageName, asked: &Place) -> diag::Result<Origin> {
        Ok(self.mapping.origin(name, asked)?.0)
    }

    fn source(&self, name: &PackageName, asked: &Place) -> diag::Result<Box<dyn Source + '_>> {
        let (origin, place) = self.mapping.origin(name, asked)?;
        let root = &self.mapping.manifest.root;
        let local = |path: &Path| LocalRegistry { root: root.join(path), shown: self.shown(path) };
        Ok(match origin {
            Origin::Path(path) if root.join(&path).join(&name.namespace).join(&name.name).is_dir() => {
                Box::new(local(&path))
            }
            Origin::Path(path) => Box::new(OnePackage { path: root.join(&path), shown: self.shown(&path), place }),
            Origin::Registry(folder) if is_folder(&folder) => Box::new(local(Path::new(&folder))),
            Origin::Registry(registry) => match self.mapping.config.hosts.get(&registry) {
                Some(host) if let Some(folder) = &host.local => Box::new(local(folder)),
                Some(_) | None => {
                    let below = self.below(&registry, &place)?;
                    Box::new(Remote { client: self.client()?, repositories: Repositories::Below(below) })
                }
            },
            Origin::Oci(text) => {
                let at = |span: std::ops::Range<usize>| within(&place, &text, span);
                let one = Reference::parse_at(&text, &at)?;
                Box::new(Remote { client: self.client()?, repositories: Repositories::One(one) })
            }
        })
    }

    /// `HOST/PREFIX` as it is, a host as it says itself.
    fn below(&self, registry: &str, place: &Place) -> diag::Result<Prefix> {
        match registry.split_once('/') {
            Some((host, prefix)) => {
                let end = if prefix.is_empty() || prefix.ends_with('/') { "" } else { "/" };
                Ok(Prefix { host: host.to_owned(), prefix: format!("{prefix}{end}") })
            }
            None => well_known(self.client()?, registry, place),
        }
    }

    fn client(&self) -> diag::Result<&Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = Client::new(self.options.registry.clone())?;
        Ok(self.client.get_or_init(|| client))
    }

    fn shown(&self, path: &Path) -> String {
        if path.is_absolute() { slashed(path) } else { shown(self.mapping.manifest, &slashed(path)) }
    }

    /// The packages of a conflict whose versions only the lock has said so far, and those who ask for them.
    pub fn not_asked(&self, asks: &[Ask]) -> Vec<Query> {
        let mut names: IndexSet<&PackageName> = asks.iter().map(|ask| &ask.name).collect();
        names.extend(asks.iter().filter_map(|ask| match &ask.by {
            Asker::Package(name, _) => Some(name),
            Asker::Manifest | Asker::Component(_) | Asker::Wit | Asker::User => None,
        }));
        let new = names.into_iter().filter(|name| !self.versions.contains_key(*name));
        new.map(|name| Query::Versions(name.clone())).collect()
    }

    /// All versions that are known of a package, newest first.
    pub fn known_versions(&self, name: &PackageName) -> Vec<Option<Version>> {
        let mut versions = self.versions.get(name).map(|listed| listed.versions.clone()).unwrap_or_default();
        versions.sort();
        versions.reverse();
        versions
    }

    /// Where a package's versions were looked for.
    pub fn looked(&self, name: &PackageName) -> Option<&str> {
        self.versions.get(name).map(|listed| listed.looked.as_str())
    }
}

enum Answer {
    Versions(Listed),
    Contents(Box<Contents>),
}

impl Known for Facts<'_> {
    fn versions(&self, name: &PackageName) -> Option<Vec<Option<Version>>> {
        let mut first: Vec<Option<Version>> = self.locked(name).map(|locked| locked.version.clone()).collect();
        first.sort();
        first.reverse();
        if !self.versions.contains_key(name) {
            return (!first.is_empty()).then_some(first);
        }
        let known = self.known_versions(name);
        first.extend(self.preferred.iter().filter(|(of, _)| of == name).map(|(_, version)| version.clone()));
        first.retain(|version| known.contains(version));
        let rest = known.into_iter().filter(|version| !first.contains(version)).collect::<Vec<_>>();
        first.extend(rest);
        Some(first)
    }

    fn needs(&self, name: &PackageName, version: Option<&Version>) -> Option<Vec<Ask>> {
        let by = || Asker::Package(name.clone(), version.cloned());
        if let Some(contents) = self.contents.get(&(name.clone(), version.cloned())) {
            let ask = |need: &super::contents::Need| Ask {
                name: need.name.clone(),
                requirement: of_reference(need.version.as_ref()),
                by: by(),
                place: need.place.clone(),
            };
            return Some(contents.needs.iter().map(ask).collect());
        }
        let me = self.entry(name, version)?.id();
        let lock = shown(self.mapping.manifest, super::lock::FILE);
        let of = |locked: &Locked| {
            let asks = locked.required_by.iter().filter(|one| one.by == me);
            let ask = asks.filter_map(|one| {
                let requirement = one.requirement.parse().ok()?;
                Some(Ask { name: locked.name.clone(), requirement, by: by(), place: Place::file(&lock) })
            });
            ask.collect::<Vec<_>>()
        };
        Some(self.lock.packages.iter().flat_map(of).collect())
    }
}

/// The place of a part of a text that stands at a place.
fn within(place: &Place, text: &str, span: std::ops::Range<usize>) -> Place {
    match place {
        Place::Text { source, span: whole } => {
            let written = source.text.get(whole.clone()).unwrap_or_default();
            match written.find(text) {
                Some(at) => Place::text(source, whole.start + at + span.start..whole.start + at + span.end),
                None => place.clone(),
            }
        }
        Place::Binary { .. } | Place::File { .. } => place.clone(),
    }
}

/// What a registry says stands at no place of the project: who asks is shown with it.
fn asked_for(Diagnostics(found): Diagnostics, asked: &Place) -> Diagnostics {
    let with_place = |one: Diagnostic| match one.code.0.starts_with("registry/") {
        true => one.label(asked.clone(), "asked for here"),
        false => one,
    };
    Diagnostics(found.into_iter().map(with_place).collect())
}

fn unknown_package(name: &PackageName, asked: &Place, listed: &Listed) -> Diagnostic {
    let text = name.to_string();
    let near = diag::near_misses(&text, listed.others.iter().map(String::as_str));
    let found = diag::error("deps/unknown-package", format!("there is no package `{name}`"))
        .label(asked.clone(), "asked for here")
        .label(Place::file(&listed.looked), "looked for here");
    match near.first() {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help("check the name, and `[registries]` for where its namespace is"),
    }
}

/// Does some work for each, several at the same time; the results have the order of what they are of.
fn at_once<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            match all.get(at) {
                Some(one) => done.push((at, work(one))),
                None => return done,
            }
        }
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (1..all.len().min(AT_ONCE)).map(|_| scope.spawn(run)).collect();
        let mut done = run();
        for worker in workers {
            done.extend(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
