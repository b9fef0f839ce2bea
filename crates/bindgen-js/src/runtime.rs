//! Helpers: text without a hole, from the files in `templates/js/runtime`.
//!
//! In: the helpers that a model needs. Out: their text, each behind those that it needs itself.
//! Holds: what a helper needs is what its file imports, so that each file is a module that is linted and tested alone.

use std::collections::BTreeSet;

use indexmap::IndexSet;

macro_rules! helpers {
    ($($helper:ident = $name:ident)*) => {
        /// A helper, by the name that generated code calls it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Helper { $($helper),* }

        impl Helper {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$helper),*];
            /// Names that nothing else may have.
            pub const NAMES: &[&str] = &["at", "journal", "length", "scratch", "utf8", "utf16", $(stringify!($name)),*];

            pub fn name(self) -> &'static str {
                match self { $(Self::$helper => stringify!($name)),* }
            }

            fn file(self) -> &'static str {
                match self {
                    $(Self::$helper => {
                        include_str!(concat!("../../../templates/js/runtime/", stringify!($name), ".js"))
                    })*
                }
            }
        }
    };
}

helpers! {
    Trap = trap
    Load = load
    CoreModule = coreModule
    Compiled = compiled
    Required = required
    Imported = imported
    Expected = expected
    Number = number
    Bigint = bigint
    Character = character
    LiftChar = liftChar
    Object = object
    Array = array
    ArrayOf = arrayOf
    Entries = entries
    CaseOf = caseOf
    ComponentError = ComponentError
    PayloadOf = payloadOf
    Done = done
    Pair = pair
    Area = area
    List = list
    ReadUtf8 = readUtf8
    Encoder = encoder
    WriteUtf8 = writeUtf8
    ReadUtf16 = readUtf16
    PutUtf16 = putUtf16
    WriteUtf16 = writeUtf16
    ReadCompact = readCompact
    WriteCompact = writeCompact
    Bits = bits
    F32OfBits = f32OfBits
    F64OfBits = f64OfBits
    BitsOfF32 = bitsOfF32
    BitsOfF64 = bitsOfF64
    ReadNumbers = readNumbers
    WriteNumbers = writeNumbers
    Range = range
    Room = room
    Copy = copy
    CopyUtf8 = copyUtf8
    EncodeUtf8 = encodeUtf8
    EncodeUtf16 = encodeUtf16
    PutLatin1 = putLatin1
    EncodeCompact = encodeCompact
    EncodeWide = encodeWide
    CharCode = charCode
    Discriminant = discriminant
    Handles = Handles
    LendOut = lendOut
    GiveBack = giveBack
    TakeOwn = takeOwn
    LendTo = lendTo
    Settle = settle
    Dispose = dispose
    Rep = rep
    RepOf = repOf
    Give = give
    Adopt = adopt
    Attempt = attempt
    Deeper = deeper
    Inside = inside
    ReadList = readList
    WriteList = writeList
    InstanceOf = instanceOf
}

impl Helper {
    /// The text as it stands in a module: without imports, exports and comments. A line that ends in `//: A B` is there
    /// if the helper or piece `A` or `B` is: `Members` if messages are told members of what is lowered, `Types` if one
    /// table has handles of several types.
    pub fn text(self, present: &BTreeSet<String>) -> String {
        let lines = self.file().lines().filter(|line| !line.trim_start().starts_with("/**"));
        let lines = lines.filter_map(|line| match line.split_once(" //: ") {
            Some((line, names)) => names.split(' ').any(|name| present.contains(name)).then_some(line),
            None => Some(line),
        });
        let lines = lines.skip_while(|line| line.is_empty() || line.starts_with("import "));
        let lines = lines.map(|line| line.strip_prefix("export ").unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// What its file imports, but for what it only looks at where that is there.
    pub fn needs(self) -> impl Iterator<Item = Self> {
        let imports = self.file().lines().filter(|line| line.starts_with("import "));
        let files = imports.filter_map(|line| line.split_once("'./")?.1.strip_suffix(".js';"));
        files.filter_map(|name| Self::ALL.iter().copied().find(|helper| helper.name() == name))
    }
}

/// The helpers and all that they need, needed ones first.
pub fn closure(helpers: impl IntoIterator<Item = Helper>) -> IndexSet<Helper> {
    let mut found = IndexSet::new();
    helpers.into_iter().for_each(|helper| add(helper, &mut found));
    found
}

fn add(helper: Helper, found: &mut IndexSet<Helper>) {
    if !found.contains(&helper) {
        helper.needs().for_each(|needed| add(needed, found));
        found.insert(helper);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pieces::Piece;

    #[test]
    fn each_helper_exports_its_name_and_imports_helpers() {
        let helpers = Helper::ALL.iter().map(|helper| format!("{helper:?}"));
        let known = helpers.chain(Piece::ALL.iter().map(|piece| format!("{piece:?}")));
        let known: BTreeSet<String> = known.chain(["Members", "Types"].map(str::to_owned)).collect();
        for helper in Helper::ALL {
            let name = helper.name();
            let text = helper.file();
            let exports = [format!("export const {name} ="), format!("export class {name} ")];
            assert!(exports.iter().any(|export| text.contains(export)), "{name}");
            let imports = text.lines().filter(|line| line.starts_with("import ") && !line.contains(" //: ")).count();
            assert_eq!(helper.needs().count(), imports, "{name}");
            for (_, conditions) in text.lines().filter_map(|line| line.split_once(" //: ")) {
                assert!(conditions.split(' ').all(|one| known.contains(one)), "{name}: {conditions}");
            }
            let starts = |word| helper.text(&known).lines().any(|line| line.starts_with(word));
            assert!(!starts("import ") && !starts("export "), "{name}");
            assert!(text.lines().all(|line| line.len() <= 120), "{name}");
        }
    }

    #[test]
    fn what_is_needed_comes_first() {
        let found: Vec<Helper> = closure([Helper::ReadUtf8, Helper::Number]).into_iter().collect();
        assert_eq!(found, [Helper::Trap, Helper::Area, Helper::ReadUtf8, Helper::Expected, Helper::Number]);
    }
}
