//! Which version of each package: one for each semver track, the newest that all who ask for it take.
//!
//! In: what the project asks for, and what is known of the packages. Out: the chosen versions; or what has to be found
//! out first; or who asks for what cannot be had together.
//! Holds: nothing is read here; the same knowledge gives the same choice, whatever order it came in.

use std::fmt;

use diag::Place;
use indexmap::{IndexMap, IndexSet};
use semver::{Version, VersionReq};

use super::lock::id;
use super::track::{Track, fits};
use crate::PackageName;

/// So many packages are no project's.
pub const MOST: usize = 2000;
/// Choices that are taken back before it is given up.
const MOST_STEPS: usize = 20_000;

/// Somebody asks for a package.
#[derive(Clone, Debug)]
pub struct Ask {
    pub name: PackageName,
    pub requirement: VersionReq,
    pub by: Asker,
    pub place: Place,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Asker {
    /// `[dependencies]`
    Manifest,
    /// `[components.NAME]`
    Component(String),
    /// The WIT of the project.
    Wit,
    /// Who calls a command.
    User,
    Package(PackageName, Option<Version>),
}

impl fmt::Display for Asker {
    /// As the lock writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manifest => f.write_str(crate::manifest::FILE),
            Self::Component(name) => write!(f, "components.{name}"),
            Self::Wit => f.write_str("wit"),
            Self::User => f.write_str("the command line"),
            Self::Package(name, version) => f.write_str(&id(name, version.as_ref())),
        }
    }
}

/// What is known of packages.
pub trait Known {
    /// The versions that there are, newest first and those to be kept before them; `None` if that is not known yet.
    fn versions(&self, name: &PackageName) -> Option<Vec<Option<Version>>>;
    /// What a version asks for; `None` if that is not known yet.
    fn needs(&self, name: &PackageName, version: Option<&Version>) -> Option<Vec<Ask>>;
}

/// Something to be found out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    Versions(PackageName),
    Needs(PackageName, Option<Version>),
}

/// A version that was chosen, and who asks for it.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub name: PackageName,
    pub version: Option<Version>,
    pub asks: Vec<Ask>,
}

/// What a search ends with.
#[derive(Clone, Debug)]
pub enum Resolved {
    All(Vec<Chosen>),
    /// Some things have to be found out first.
    Open(Vec<Query>),
    /// No version fits all of those who ask for a package.
    Conflict(Vec<Ask>),
    TooMany,
}

/// Chooses.
pub fn resolve(roots: &[Ask], known: &impl Known) -> Resolved {
    let mut search = Search { known, open: IndexSet::new(), conflict: None, steps: 0 };
    let mut state = State { asks: roots.to_vec(), chosen: IndexMap::new() };
    let done = search.solve(&mut state, 0);
    if !search.open.is_empty() {
        return Resolved::Open(search.open.into_iter().collect());
    }
    match (done, search.conflict) {
        (Ok(()), _) => Resolved::All(chosen(state)),
        (Err(Stopped::TooMany), _) | (Err(Stopped::Conflict), None) => Resolved::TooMany,
        (Err(Stopped::Conflict), Some(asks)) => Resolved::Conflict(asks),
    }
}

struct Search<'a, K> {
    known: &'a K,
    open: IndexSet<Query>,
    /// The first that was met: what follows the newest versions is what people expect.
    conflict: Option<Vec<Ask>>,
    steps: usize,
}

struct State {
    /// Those that were looked at, and then those to be looked at.
    asks: Vec<Ask>,
    chosen: IndexMap<(PackageName, Track), Option<Version>>,
}

enum Stopped {
    Conflict,
    TooMany,
}

impl<K: Known> Search<'_, K> {
    /// Satisfies the asks from `at` on.
    fn solve(&mut self, state: &mut State, mut at: usize) -> Result<(), Stopped> {
        let candidates = loop {
            let Some(ask) = state.asks.get(at) else { return Ok(()) };
            if state.satisfies(ask) {
                at += 1;
                continue;
            }
            match self.known.versions(&ask.name) {
                Some(versions) => break self.candidates(state, ask, versions),
                None => {
                    self.open.insert(Query::Versions(ask.name.clone()));
                    at += 1;
                }
            }
        };
        let name = state.asks[at].name.clone();
        if candidates.is_empty() {
            let all = state.asks.iter().filter(|ask| ask.name == name).cloned().collect();
            self.conflict.get_or_insert(all);
            return Err(Stopped::Conflict);
        }
        let before = state.asks.len();
        for version in candidates {
            self.steps += 1;
            if self.steps > MOST_STEPS || state.chosen.len() > MOST {
                return Err(Stopped::TooMany);
            }
            let key = (name.clone(), Track::of(version.as_ref()));
            state.chosen.insert(key.clone(), version.clone());
            match self.known.needs(&name, version.as_ref()) {
                Some(needs) => state.asks.extend(needs),
                None => {
                    self.open.insert(Query::Needs(name.clone(), version.clone()));
                }
            }
            match self.solve(state, at + 1) {
                Err(Stopped::Conflict) => {}
                done => return done,
            }
            state.asks.truncate(before);
            state.chosen.shift_remove(&key);
        }
        Err(Stopped::Conflict)
    }

    /// The versions to try: first those that fit all who have asked for the package so far.
    fn candidates(&self, state: &State, ask: &Ask, versions: Vec<Option<Version>>) -> Vec<Option<Version>> {
        let is_free =
            |version: &Option<Version>| !state.chosen.contains_key(&(ask.name.clone(), Track::of(version.as_ref())));
        let fitting =
            versions.into_iter().filter(|version| fits(&ask.requirement, version.as_ref()) && is_free(version));
        let fits_all = |version: &Option<Version>| {
            let others = state.asks.iter().filter(|other| other.name == ask.name);
            others.filter(|other| !state.satisfies(other)).all(|other| fits(&other.requirement, version.as_ref()))
        };
        let (mut first, rest): (Vec<_>, Vec<_>) = fitting.partition(fits_all);
        first.extend(rest);
        first
    }
}

impl State {
    fn satisfies(&self, ask: &Ask) -> bool {
        let of = |(key, version): (&(PackageName, Track), &Option<Version>)| {
            key.0 == ask.name && fits(&ask.requirement, version.as_ref())
        };
        self.chosen.iter().any(of)
    }
}

/// Every ask goes to the newest chosen version that fits it; what nobody asks for then is left out, with its own asks.
fn chosen(state: State) -> Vec<Chosen> {
    let State { mut asks, chosen } = state;
    let mut versions: Vec<(PackageName, Option<Version>)> =
        chosen.into_iter().map(|((name, _), version)| (name, version)).collect();
    versions.sort();
    loop {
        let new = |(name, version): &(PackageName, Option<Version>)| Chosen {
            name: name.clone(),
            version: version.clone(),
            asks: Vec::new(),
        };
        let mut all: Vec<Chosen> = versions.iter().map(new).collect();
        for ask in &asks {
            let fitting = |one: &&mut Chosen| one.name == ask.name && fits(&ask.requirement, one.version.as_ref());
            if let Some(one) = all.iter_mut().rev().find(fitting) {
                one.asks.push(ask.clone());
            }
        }
        let (kept, left_out): (Vec<Chosen>, Vec<Chosen>) = all.into_iter().partition(|one| !one.asks.is_empty());
        if left_out.is_empty() {
            return kept;
        }
        let is_gone =
            |by: &Asker| left_out.iter().any(|one| *by == Asker::Package(one.name.clone(), one.version.clone()));
        asks.retain(|ask| !is_gone(&ask.by));
        versions = kept.into_iter().map(|one| (one.name, one.version)).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `NAME@VERSION: NAME REQ, ..`, one a line.
    struct Table(Vec<(PackageName, Version, Vec<Ask>)>);

    fn ask(text: &str, by: Asker) -> Ask {
        let (name, requirement) = text.trim().split_once(' ').unwrap();
        let name = format!("t:{name}").parse().unwrap();
        Ask { name, requirement: requirement.parse().unwrap(), by, place: Place::file("withe.toml") }
    }

    fn table(text: &str) -> Table {
        let line = |line: &str| {
            let (id, needs) = line.trim().split_once(':').unwrap();
            let (name, version) = id.split_once('@').unwrap();
            let name: PackageName = format!("t:{name}").parse().unwrap();
            let version: Version = version.parse().unwrap();
            let by = Asker::Package(name.clone(), Some(version.clone()));
            let needs = needs.split(',').filter(|one| !one.trim().is_empty());
            (name, version, needs.map(|one| ask(one, by.clone())).collect())
        };
        Table(text.lines().filter(|line| !line.trim().is_empty()).map(line).collect())
    }

    impl Known for Table {
        fn versions(&self, name: &PackageName) -> Option<Vec<Option<Version>>> {
            let mut found: Vec<_> = self.0.iter().filter(|one| one.0 == *name).map(|one| Some(one.1.clone())).collect();
            found.sort();
            found.reverse();
            Some(found)
        }

        fn needs(&self, name: &PackageName, version: Option<&Version>) -> Option<Vec<Ask>> {
            self.0.iter().find(|one| one.0 == *name && Some(&one.1) == version).map(|one| one.2.clone())
        }
    }

    fn solved(roots: &[&str], known: &str) -> String {
        let roots: Vec<Ask> = roots.iter().map(|one| ask(one, Asker::Manifest)).collect();
        match resolve(&roots, &table(known)) {
            Resolved::All(chosen) => {
                let all: Vec<String> = chosen.iter().map(|one| id(&one.name, one.version.as_ref())).collect();
                all.join(" ").replace("t:", "")
            }
            Resolved::Conflict(asks) => {
                let all: Vec<String> = asks.iter().map(|ask| format!("{} asks {}", ask.by, ask.requirement)).collect();
                format!("conflict over {}: {}", asks[0].name, all.join(", "))
            }
            other @ (Resolved::Open(_) | Resolved::TooMany) => format!("{other:?}"),
        }
    }

    #[test]
    fn the_newest_that_fits_all_is_chosen() {
        let known =
            "a@1.0.0: c ^1.0\n a@1.1.0: c ^1.1\n b@1.0.0: c >=1.0, b2 *\n b2@3.0.0:\n c@1.0.0:\n c@1.2.0:\n c@2.0.0:";
        assert_eq!(solved(&["a ^1", "b ^1"], known), "a@1.1.0 b@1.0.0 b2@3.0.0 c@1.2.0");
        // Another track stands beside it.
        assert_eq!(solved(&["a ^1", "c ^2"], known), "a@1.1.0 c@1.2.0 c@2.0.0");
        assert_eq!(solved(&["c *"], known), "c@2.0.0");
    }

    #[test]
    fn an_older_version_is_taken_where_the_newest_leads_nowhere() {
        let known = "a@1.0.0: c =1.0.0\n a@1.1.0: c =1.1.0\n b@1.0.0: c =1.0.0\n c@1.0.0:\n c@1.1.0:";
        assert_eq!(solved(&["a ^1", "b ^1"], known), "a@1.0.0 b@1.0.0 c@1.0.0");
        assert_eq!(solved(&["b ^1", "a ^1"], known), "a@1.0.0 b@1.0.0 c@1.0.0");
    }

    #[test]
    fn a_conflict_names_all_who_ask() {
        let known = "a@1.0.0: c =1.0.0\n b@1.0.0: c =1.1.0\n c@1.0.0:\n c@1.1.0:";
        let told = "conflict over t:c: t:a@1.0.0 asks =1.0.0, t:b@1.0.0 asks =1.1.0";
        assert_eq!(solved(&["a ^1", "b ^1"], known), told);
        assert_eq!(solved(&["a ^3"], known), "conflict over t:a: withe.toml asks ^3");
    }

    #[test]
    fn packages_may_need_one_another() {
        assert_eq!(solved(&["a ^1"], "a@1.0.0: b ^1\n b@1.0.0: a ^1"), "a@1.0.0 b@1.0.0");
    }

    #[test]
    fn fuzz_a_choice_fits_everybody() {
        testing::seeds::check("fuzz_a_choice_fits_everybody", 300, |random| {
            let versions = ["1.0.0", "1.1.0", "1.2.0", "2.0.0"];
            let requirements = ["^1", "^1.1", "=1.0.0", "*", "^2", ">=1.1, <3"];
            let names = ["a", "b", "c", "d", "e"];
            let mut known = String::new();
            for name in names {
                for version in versions {
                    let needs: Vec<String> = (0..random.below(3))
                        .map(|_| format!("{} {}", random.pick(&names), random.pick(&requirements).replace(", ", " ")))
                        .map(|text| text.replace(" <", ",<").replace(",<", " <"))
                        .filter(|text| !text.contains('<'))
                        .collect();
                    known.push_str(&format!("{name}@{version}: {}\n", needs.join(", ")));
                }
            }
            let roots: Vec<Ask> = names[..2].iter().map(|name| ask(&format!("{name} *"), Asker::Manifest)).collect();
            let known = table(&known);
            match resolve(&roots, &known) {
                Resolved::All(chosen) => {
                    let is_there = |ask: &Ask| {
                        chosen.iter().any(|one| one.name == ask.name && fits(&ask.requirement, one.version.as_ref()))
                    };
                    assert!(roots.iter().all(is_there));
                    for one in &chosen {
                        let needs = known.needs(&one.name, one.version.as_ref()).unwrap();
                        assert!(needs.iter().all(is_there));
                        let track = |other: &Chosen| (other.name.clone(), Track::of(other.version.as_ref()));
                        assert_eq!(chosen.iter().filter(|other| track(other) == track(one)).count(), 1);
                    }
                }
                Resolved::Conflict(asks) => assert!(!asks.is_empty()),
                Resolved::TooMany => {}
                Resolved::Open(open) => panic!("{open:?}"),
            }
        });
    }
}
