//! Names of imports and exports, kept as parts and printed late.
//!
//! Specification: Component Model explainer, "Import and Export Definitions" (`plainname`, `interfacename`).

use std::fmt;

use semver::Version;

use crate::Label;

/// The name of an import or export.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExternName {
    /// A plain name: a function, type, resource or inline interface.
    Label(Label),
    /// `[constructor]resource`.
    Constructor(Label),
    /// `[method]resource.name`.
    Method(Label, Label),
    /// `[static]resource.name`.
    Static(Label, Label),
    /// `[get]name`, `[method][set]resource.name` and their like.
    Accessor(Accessor),
    /// `namespace:package/interface@version`.
    Interface(InterfaceName),
}

/// A getter or setter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Accessor {
    pub of: AccessorOf,
    pub set: bool,
    pub name: Label,
}

/// What a getter or setter belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccessorOf {
    Scope,
    Method(Label),
    Static(Label),
}

/// `namespace:name@version`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageName {
    pub namespace: Label,
    pub name: Label,
    pub version: Option<Version>,
}

/// `namespace:package/interface@version`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InterfaceName {
    pub package: PackageName,
    pub interface: Label,
}

impl fmt::Display for ExternName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(label) => f.write_str(label),
            Self::Constructor(resource) => write!(f, "[constructor]{resource}"),
            Self::Method(resource, name) => write!(f, "[method]{resource}.{name}"),
            Self::Static(resource, name) => write!(f, "[static]{resource}.{name}"),
            Self::Accessor(accessor) => accessor.fmt(f),
            Self::Interface(interface) => interface.fmt(f),
        }
    }
}

impl fmt::Display for Accessor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.set { "[set]" } else { "[get]" };
        match &self.of {
            AccessorOf::Scope => write!(f, "{verb}{}", self.name),
            AccessorOf::Method(resource) => write!(f, "[method]{verb}{resource}.{}", self.name),
            AccessorOf::Static(resource) => write!(f, "[static]{verb}{resource}.{}", self.name),
        }
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.namespace, self.name)?;
        match &self.version {
            Some(version) => write!(f, "@{version}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for InterfaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.package.namespace, self.package.name, self.interface)?;
        match &self.package.version {
            Some(version) => write!(f, "@{version}"),
            None => Ok(()),
        }
    }
}

impl ExternName {
    pub fn label(text: impl Into<String>) -> Self {
        Self::Label(text.into())
    }

    /// Reads a name as it stands in a binary. `None` if it has no form this crate knows.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(resource) = text.strip_prefix("[constructor]") {
            return Some(Self::Constructor(resource.to_owned()));
        }
        if let Some(rest) = text.strip_prefix("[method]") {
            return parse_member(rest, AccessorOf::Method, Self::Method);
        }
        if let Some(rest) = text.strip_prefix("[static]") {
            return parse_member(rest, AccessorOf::Static, Self::Static);
        }
        if let Some((set, name)) = accessor_verb(text) {
            return Some(Self::Accessor(Accessor { of: AccessorOf::Scope, set, name: name.to_owned() }));
        }
        if text.starts_with('[') {
            return None;
        }
        if text.contains('/') {
            return InterfaceName::parse(text).map(Self::Interface);
        }
        Some(Self::Label(text.to_owned()))
    }

    /// What is wrong with the form of the name, in words: nothing for one that a component may have.
    pub fn fault(&self) -> Option<String> {
        let (lower, words): (Vec<&str>, Vec<&str>) = match self {
            Self::Label(label) | Self::Constructor(label) => (Vec::new(), vec![label]),
            Self::Method(resource, name) | Self::Static(resource, name) => (Vec::new(), vec![resource, name]),
            Self::Accessor(accessor) => match &accessor.of {
                AccessorOf::Scope => (Vec::new(), vec![&accessor.name]),
                AccessorOf::Method(resource) | AccessorOf::Static(resource) => {
                    (Vec::new(), vec![resource, &accessor.name])
                }
            },
            Self::Interface(InterfaceName { package, interface }) => {
                (vec![&package.namespace, &package.name], vec![interface])
            }
        };
        let has_capitals = |word: &&&str| word.contains(|c: char| c.is_ascii_uppercase());
        if let Some(word) = lower.iter().chain(&words).find(|word| !is_kebab(word)) {
            return Some(format!("`{word}` is not in kebab case"));
        }
        lower.iter().find(has_capitals).map(|word| format!("`{word}` has capital letters"))
    }

    /// The resource that a constructor, method or static function belongs to.
    pub fn resource(&self) -> Option<&str> {
        match self {
            Self::Constructor(resource) | Self::Method(resource, _) | Self::Static(resource, _) => Some(resource),
            Self::Accessor(Accessor { of: AccessorOf::Method(resource) | AccessorOf::Static(resource), .. }) => {
                Some(resource)
            }
            Self::Accessor(Accessor { of: AccessorOf::Scope, .. }) | Self::Label(_) | Self::Interface(_) => None,
        }
    }
}

/// Whether it is made of words of letters and digits, each in one case, joined by `-`, and begins with a letter.
///
/// Specification: Component Model explainer, "Import and Export Definitions" (`label`).
pub fn is_kebab(text: &str) -> bool {
    let is_word = |word: &str| {
        let mixes = word.contains(|c: char| c.is_ascii_lowercase()) && word.contains(|c: char| c.is_ascii_uppercase());
        !word.is_empty() && !mixes && word.chars().all(|c| c.is_ascii_alphanumeric())
    };
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.split('-').all(is_word)
}

fn accessor_verb(text: &str) -> Option<(bool, &str)> {
    text.strip_prefix("[get]").map(|name| (false, name)).or_else(|| text.strip_prefix("[set]").map(|name| (true, name)))
}

fn parse_member(rest: &str, of: fn(Label) -> AccessorOf, member: fn(Label, Label) -> ExternName) -> Option<ExternName> {
    if let Some((set, rest)) = accessor_verb(rest) {
        let (resource, name) = rest.split_once('.')?;
        return Some(ExternName::Accessor(Accessor { of: of(resource.to_owned()), set, name: name.to_owned() }));
    }
    let (resource, name) = rest.split_once('.')?;
    Some(member(resource.to_owned(), name.to_owned()))
}

impl InterfaceName {
    /// Reads `namespace:package/interface[@version]`.
    pub fn parse(text: &str) -> Option<Self> {
        let (path, version) = match text.split_once('@') {
            Some((path, version)) => (path, Some(Version::parse(version).ok()?)),
            None => (text, None),
        };
        let (package, interface) = path.split_once('/')?;
        let (namespace, name) = package.split_once(':')?;
        let package = PackageName { namespace: namespace.to_owned(), name: name.to_owned(), version };
        Some(Self { package, interface: interface.to_owned() })
    }
}
