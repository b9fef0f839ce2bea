//! Documentation of generated items: the words of the WIT, then its signature.

use bindgen::{Func, Interface, InterfaceKey, NamedType, Role, wit};
use types::{Decl, Stability, Types};

use super::markdown;

/// Lines of documentation, without comment marks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Docs {
    pub lines: Vec<String>,
    /// The version that deprecates the item.
    pub deprecated: Option<String>,
}

impl Docs {
    pub fn new(text: Option<&str>) -> Self {
        Self { lines: markdown::lines(text.unwrap_or_default().trim()), deprecated: None }
    }

    /// Words that the WIT does not have.
    pub fn of_generated(text: &str) -> Self {
        Self::new(Some(text))
    }

    fn with_wit(mut self, signature: &str) -> Self {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        self.lines.push(format!("WIT: `{signature}`"));
        self
    }
}

/// The documentation of a declaration, and what it is in WIT.
pub fn declared(decl: &Decl, wit: &str) -> Docs {
    let mut docs = Docs::new(decl.docs.as_deref()).with_wit(wit);
    docs.deprecated = match &decl.stability {
        Stability::Unknown => None,
        Stability::Stable { deprecated, .. } | Stability::Unstable { deprecated, .. } => {
            deprecated.as_ref().map(ToString::to_string)
        }
    };
    docs
}

/// Documentation of a field, case or flag.
pub fn part(decl: &Decl) -> Docs {
    Docs::new(decl.docs.as_deref())
}

pub fn func(types: &Types, func: &Func<'_>) -> Docs {
    declared(func.decl, &wit::func(types, func.name, func.ty))
}

pub fn named(ty: &NamedType<'_>, word: &str) -> Docs {
    declared(ty.decl, &format!("{word} {}", ty.name))
}

pub fn interface(interface: &Interface<'_>) -> Docs {
    let verb = match interface.role {
        Role::Import => "import",
        Role::Export => "export",
    };
    let name = match interface.key {
        InterfaceKey::Root => return Docs::default(),
        InterfaceKey::Label(label) => label.to_owned(),
        InterfaceKey::Name(name) => name.to_string(),
    };
    Docs::new(interface.decl.docs.as_deref()).with_wit(&format!("{verb} {name}"))
}
