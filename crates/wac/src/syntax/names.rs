//! Names, paths and expressions made by code, and what they are called.
//!
//! In: texts. Out: nodes without a place.
//! Holds: nothing here checks that a text has the form of a name; printing escapes those that are keywords.

use std::fmt;

use super::tree::{Access, Expr, ExternName, ItemRef, Name, Package, PackageName, Path, Primary, Span, Text, Version};

impl Name {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), span: Span::default() }
    }
}

impl Text {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), span: Span::default() }
    }
}

impl ExternName {
    /// The name as it is written, without `%` or quotes.
    pub fn text(&self) -> &str {
        match self {
            Self::Id(name) => &name.text,
            Self::Text(text) => &text.text,
        }
    }

    pub fn span(&self) -> Span {
        match self {
            Self::Id(name) => name.span,
            Self::Text(text) => text.span,
        }
    }
}

impl PackageName {
    /// `ns:name@1.0.0` of a namespace, a name and a version.
    pub fn new(namespace: &str, name: &str, version: Option<semver::Version>) -> Self {
        let version = version.map(|value| Version { value, span: Span::default() });
        Self { parts: vec![Name::new(namespace), Name::new(name)], version, span: Span::default() }
    }

    /// `ns:name`, without the version.
    pub fn unversioned(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(":")
    }
}

/// `ns:name@1.0.0`
impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.unversioned())?;
        self.version.iter().try_for_each(|version| write!(f, "@{}", version.value))
    }
}

impl Package {
    pub fn span(&self) -> Span {
        match self {
            Self::Name(name) => name.span,
            Self::File(file) => file.span,
        }
    }
}

/// `ns:name@1.0.0`, or the path of the file as it is.
impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::File(file) => f.write_str(&file.text),
        }
    }
}

/// `ns:name/item@1.0.0`, `"types.wit"/item`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = match &self.package {
            Package::Name(name) => {
                f.write_str(&name.unversioned())?;
                name.version.as_ref()
            }
            Package::File(file) => {
                f.write_str(&super::write_string(&file.text))?;
                None
            }
        };
        self.items.iter().try_for_each(|item| write!(f, "/{}", item.text))?;
        version.iter().try_for_each(|version| write!(f, "@{}", version.value))
    }
}

impl ItemRef {
    pub fn span(&self) -> Span {
        match self {
            Self::Path(path) => path.span,
            Self::Id(name) => name.span,
        }
    }
}

impl Expr {
    /// A primary expression from which nothing is taken.
    pub fn new(primary: Primary) -> Self {
        Self { primary, accesses: Vec::new(), span: Span::default() }
    }

    /// A local name.
    pub fn id(name: impl Into<String>) -> Self {
        Self::new(Primary::Id(Name::new(name)))
    }

    /// `self["name"]`, or `self.name`.
    pub fn access(mut self, name: ExternName) -> Self {
        self.accesses.push(Access { name, span: Span::default() });
        self
    }
}
