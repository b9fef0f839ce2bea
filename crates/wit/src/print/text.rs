//! What a WIT text says, item by item; nothing is decided after this.
//!
//! Holds: names are escaped where they are keywords; types are one line of text each.

use types::Stability;

/// What stands above an item.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Head {
    pub docs: Option<String>,
    pub stability: Stability,
    pub external_id: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct PackageText {
    pub head: Head,
    /// `namespace:name@version`.
    pub name: String,
    pub interfaces: Vec<InterfaceText>,
    pub worlds: Vec<WorldText>,
}

#[derive(Clone, Debug)]
pub(super) struct InterfaceText {
    pub head: Head,
    pub name: String,
    pub body: Body,
}

/// What an interface holds, or a world beside its interfaces.
#[derive(Clone, Debug, Default)]
pub(super) struct Body {
    pub uses: Vec<Use>,
    pub types: Vec<TypeText>,
    pub funcs: Vec<FuncText>,
}

/// `use path.{name, other as another};`
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub head: Head,
    pub path: String,
    pub names: Vec<UsedName>,
}

#[derive(Clone, Debug)]
pub(super) struct UsedName {
    pub there: String,
    pub here: String,
}

#[derive(Clone, Debug)]
pub(super) struct TypeText {
    pub head: Head,
    pub name: String,
    pub kind: TypeTextKind,
}

#[derive(Clone, Debug)]
pub(super) enum TypeTextKind {
    Alias(String),
    /// `record`, `variant`, `flags` or `enum` with its lines.
    Parts(&'static str, Vec<Part>),
    Resource(Vec<FuncText>),
}

/// A field, case or flag.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub head: Head,
    /// `name: type`, `name(type)` or `name`.
    pub text: String,
}

#[derive(Clone, Debug)]
pub(super) struct FuncText {
    pub head: Head,
    /// `None` for a constructor.
    pub name: Option<String>,
    /// `func`, `static async func`, `get`, `constructor` and so on.
    pub word: String,
    pub params: Vec<String>,
    pub result: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct WorldText {
    pub head: Head,
    pub name: String,
    /// Interfaces only.
    pub imports: Vec<ItemText>,
    /// Types, and imported functions.
    pub body: Body,
    pub exports: Vec<ItemText>,
}

/// An import or export of a world.
#[derive(Clone, Debug)]
pub(super) enum ItemText {
    /// `import path;` or `import label: path;`
    Path {
        head: Head,
        label: Option<String>,
        path: String,
    },
    /// `import label: interface { … }`
    Inline {
        head: Head,
        label: String,
        body: Body,
    },
    Func(FuncText),
}
