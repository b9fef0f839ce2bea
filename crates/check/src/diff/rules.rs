//! The rules: every kind of change, by a name that stays.
//!
//! In: nothing. Out: `Rule`, with its code, its class, and what a version has to say of it where it breaks nobody.
//! Holds: `crates/check/rules.md` lists the same rules; each has a page with an example, and a test compares all three.

use super::bump::Bump;

/// What a change is a change of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Of types and names that binaries carry.
    Binary,
    /// Of the text only; code that is written against bindings may have to change once these are made again.
    Source,
    /// Of what is said of things: documentation, gates, versions.
    Note,
}

impl Class {
    /// `binary`, `source`, `note`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Source => "source",
            Self::Note => "note",
        }
    }
}

macro_rules! rules {
    ($($class:ident $bump:ident $help:literal: $($rule:ident $code:literal)*;)*) => {
        /// A kind of change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Rule {
            $($($rule,)*)*
        }

        /// All rules.
        pub const RULES: &[Rule] = &[$($(Rule::$rule,)*)*];

        impl Rule {
            /// The code of its diagnostics.
            pub fn code(self) -> &'static str {
                match self {
                    $($(Self::$rule => $code,)*)*
                }
            }

            pub fn class(self) -> Class {
                match self {
                    $($(Self::$rule => Class::$class,)*)*
                }
            }

            /// What can be done where it breaks somebody.
            pub(super) fn help(self) -> Option<&'static str> {
                let help = match self {
                    $($(Self::$rule => $help,)*)*
                };
                (!help.is_empty()).then_some(help)
            }

            /// What it calls for where it breaks nobody who counts.
            pub(super) fn least_bump(self) -> Bump {
                match self {
                    $($(Self::$rule => Bump::$bump,)*)*
                }
            }
        }
    };
}

rules! {
    Binary Minor "keep what is there, and mark it with `@deprecated`":
    PackageRemoved "diff/package-removed"
    InterfaceRemoved "diff/interface-removed"
    WorldRemoved "diff/world-removed"
    ImportRemoved "diff/import-removed"
    ExportRemoved "diff/export-removed"
    FuncRemoved "diff/func-removed"
    TypeRemoved "diff/type-removed"
    ResourceRemoved "diff/resource-removed"
    ItemRemoved "diff/item-removed";

    Binary Minor "keep the old name":
    PackageRenamed "diff/package-renamed"
    InterfaceRenamed "diff/interface-renamed"
    WorldRenamed "diff/world-renamed"
    ImportRenamed "diff/import-renamed"
    ExportRenamed "diff/export-renamed"
    FuncRenamed "diff/func-renamed"
    TypeRenamed "diff/type-renamed"
    ResourceRenamed "diff/resource-renamed"
    ItemRenamed "diff/item-renamed";

    Binary Minor "put what is new into an interface or a world of its own":
    PackageAdded "diff/package-added"
    InterfaceAdded "diff/interface-added"
    WorldAdded "diff/world-added"
    ImportAdded "diff/import-added"
    ExportAdded "diff/export-added"
    FuncAdded "diff/func-added"
    TypeAdded "diff/type-added"
    ResourceAdded "diff/resource-added"
    ItemAdded "diff/item-added";

    Binary Minor "add a function beside it, under another name":
    ParamAdded "diff/param-added"
    ParamRemoved "diff/param-removed"
    ParamRenamed "diff/param-renamed"
    ParamTypeChanged "diff/param-type-changed"
    ParamsReordered "diff/params-reordered"
    ResultChanged "diff/result-changed"
    AsyncChanged "diff/async-changed";

    Binary Minor "add a type beside it, under another name, with functions that use it":
    TypeChanged "diff/type-changed"
    FieldAdded "diff/field-added"
    FieldRemoved "diff/field-removed"
    FieldRenamed "diff/field-renamed"
    FieldTypeChanged "diff/field-type-changed"
    FieldsReordered "diff/fields-reordered"
    CaseAdded "diff/case-added"
    CaseRemoved "diff/case-removed"
    CaseRenamed "diff/case-renamed"
    CaseTypeChanged "diff/case-type-changed"
    CasesReordered "diff/cases-reordered"
    FlagAdded "diff/flag-added"
    FlagRemoved "diff/flag-removed"
    FlagRenamed "diff/flag-renamed"
    FlagsReordered "diff/flags-reordered";

    Binary Minor "leave it as it was, or raise the version so that it says so":
    TrackChanged "diff/track-changed"
    ResourceOwner "diff/resource-owner"
    ItemKindChanged "diff/item-kind-changed"
    ItemChanged "diff/item-changed"
    Unfit "diff/unfit";

    Source Minor "":
    TypeNameChanged "diff/type-name-changed"
    GateAdded "diff/gate-added"
    GateChanged "diff/gate-changed";

    Note Minor "":
    GateRemoved "diff/gate-removed"
    DeprecatedAdded "diff/deprecated-added"
    VersionChanged "diff/version-changed";

    Note Patch "":
    DeprecatedRemoved "diff/deprecated-removed"
    SinceChanged "diff/since-changed"
    ExternalIdChanged "diff/external-id-changed"
    TypeMoved "diff/type-moved"
    DocsChanged "diff/docs-changed";
}
