//! One change, and whom it breaks.

use std::hash::{Hash as _, Hasher as _};

use diag::Place;

use super::rules::{Class, Rule};

/// Who has something of what is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Party {
    /// Who calls an interface.
    Callers,
    /// Who implements an interface.
    Providers,
    /// Components that were built for a world.
    Guests,
    /// Who runs or composes components of a world: gives their imports and calls their exports.
    Hosts,
}

impl Party {
    pub const ALL: [Self; 4] = [Self::Callers, Self::Providers, Self::Guests, Self::Hosts];

    /// `callers`, `providers`, `guests`, `hosts`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Callers => "callers",
            Self::Providers => "providers",
            Self::Guests => "guests",
            Self::Hosts => "hosts",
        }
    }

    fn bit(self) -> u8 {
        match self {
            Self::Callers => 1,
            Self::Providers => 2,
            Self::Guests => 4,
            Self::Hosts => 8,
        }
    }
}

/// A set of parties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parties(u8);

impl Parties {
    pub fn of(parties: &[Party]) -> Self {
        Self(parties.iter().fold(0, |bits, party| bits | party.bit()))
    }

    pub fn all() -> Self {
        Self::of(&Party::ALL)
    }

    pub fn has(self, party: Party) -> bool {
        self.0 & party.bit() != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[must_use]
    pub fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub fn iter(self) -> impl Iterator<Item = Party> {
        Party::ALL.into_iter().filter(move |party| self.has(*party))
    }

    /// `callers and guests`.
    pub fn words(self) -> String {
        let names: Vec<&str> = self.iter().map(Party::name).collect();
        match names.as_slice() {
            [] => "nobody".to_owned(),
            [one] => (*one).to_owned(),
            [before @ .., last] => format!("{} and {last}", before.join(", ")),
        }
    }
}

/// From which side something is seen: who calls and who provides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// An interface by itself.
    Interface,
    Import,
    Export,
}

impl View {
    pub(super) fn callers(self) -> Parties {
        Parties::of(&[match self {
            Self::Interface => Party::Callers,
            Self::Import => Party::Guests,
            Self::Export => Party::Hosts,
        }])
    }

    pub(super) fn providers(self) -> Parties {
        Parties::of(&[match self {
            Self::Interface => Party::Providers,
            Self::Import => Party::Hosts,
            Self::Export => Party::Guests,
        }])
    }

    pub(super) fn both(self) -> Parties {
        self.callers().union(self.providers())
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub rule: Rule,
    /// Whom it breaks: components that exist already, or, if the class is `Source`, their code.
    pub breaks: Parties,
    /// From the package or world to the smallest part that changed, in words.
    pub path: Vec<String>,
    /// What changed, in words.
    pub headline: String,
    pub old: Said,
    pub new: Said,
    /// Which worlds have it, where it was found in an interface of a package.
    pub worlds: Vec<String>,
}

/// What one side says, and where.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// In WIT's words; `None` where there is nothing.
    pub text: Option<String>,
    pub place: Option<Place>,
}

impl Finding {
    /// Whom it breaks in a way that their binaries no longer fit.
    pub fn breaks_binaries(&self) -> Parties {
        match self.rule.class() {
            Class::Binary => self.breaks,
            Class::Source | Class::Note => Parties::default(),
        }
    }

    /// Equal for findings that are the same change.
    pub(super) fn key(&self) -> u64 {
        let mut hasher = std::hash::DefaultHasher::new();
        (self.rule, &self.path).hash(&mut hasher);
        hasher.finish()
    }

    /// Whether it is the same change, met in two places.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.rule == other.rule
            && self.path == other.path
            && self.old.text == other.old.text
            && self.new.text == other.new.text
    }
}
