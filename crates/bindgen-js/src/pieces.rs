//! The runtime of asynchronous components, in pieces: text from the files in `templates/js/runtime/async`.
//!
//! In: the pieces that a model needs. Out: their text, in the order of their files here.
//! Holds: a piece is state or works on state, so that it stands where an instance is made; what a piece needs is there
//! if the piece is.
//!
//! Specification: Canonical ABI, "Concurrency".

use std::collections::BTreeSet;

use crate::runtime::Helper;

macro_rules! pieces {
    ($($piece:ident = $file:literal needs [$($need:ident)*])*) => {
        /// A piece.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Piece { $($piece),* }

        impl Piece {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$piece),*];

            fn file(self) -> &'static str {
                match self {
                    $(Self::$piece => {
                        include_str!(concat!("../../../templates/js/runtime/async/", $file, ".js"))
                    })*
                }
            }

            /// The pieces that it calls, apart from those that all have.
            fn needs(self) -> &'static [Self] {
                match self { $(Self::$piece => &[$(Self::$need),*]),* }
            }
        }
    };
}

pieces! {
    Threads = "threads" needs []
    Parts = "parts" needs []
    Tables = "tables" needs []
    Tasks = "tasks" needs [Threads Parts]
    Cancels = "cancels" needs [Tasks]
    Direct = "direct" needs []
    Waitables = "waitables" needs [Tables]
    Callback = "callback" needs [Tasks]
    Candidates = "candidates" needs [Threads]
    Blocking = "blocking" needs [Tasks Direct Candidates]
    Returns = "returns" needs [Tasks]
    Borrows = "borrows" needs [Tasks]
    Pressure = "pressure" needs []
    Sets = "sets" needs [Waitables Tasks]
    Poll = "poll" needs [Sets Deliver]
    Waits = "waits" needs [Sets Deliver Blocking]
    Deliver = "deliver" needs []
    Subtasks = "subtasks" needs [Tasks Waitables]
    Later = "later" needs [Subtasks]
    Now = "now" needs [Subtasks]
    NowWait = "nowWait" needs [Subtasks Blocking]
    DropSubtask = "dropSubtask" needs [Subtasks]
    Cancel = "cancel" needs [Subtasks Cancels Candidates]
    CancelWait = "cancelWait" needs [Cancel Blocking]
    Host = "host" needs [Threads]
    HostNow = "hostNow" needs []
    Answered = "answered" needs []
    CallAsync = "callAsync" needs [Tasks]
    CallSync = "callSync" needs [Tasks]
    Unwrap = "unwrap" needs []
    Ends = "ends" needs [Waitables]
    Copies = "copies" needs [Ends]
    DropEnd = "dropEnd" needs [Ends]
    Stop = "stop" needs [Ends]
    TransferLater = "transferLater" needs [Copies]
    TransferNow = "transferNow" needs [Copies Blocking]
    Forward = "forward" needs [Copies DropEnd]
    Offers = "offers" needs [Threads Copies]
    Stream = "Stream" needs [Offers DropEnd]
    Future = "Future" needs [Offers]
    Errors = "errors" needs [Tables]
    Switching = "switching" needs [Blocking Tables]
}

impl Piece {
    /// Helpers without state that it calls.
    pub fn helpers(self) -> Vec<Helper> {
        let text = self.file();
        let all =
            [(Helper::Trap, "trap("), (Helper::PayloadOf, "payloadOf("), (Helper::ComponentError, "ComponentError(")];
        all.into_iter().filter(|(_, call)| text.contains(call)).map(|(helper, _)| helper).collect()
    }

    /// The text as it stands in a module with these pieces: a line that ends in `//: Piece` is there if that one is.
    pub fn text(self, present: &BTreeSet<Self>) -> String {
        let lines = self.file().lines().filter_map(|line| match line.split_once(" //: ") {
            Some((line, name)) => present.iter().any(|piece| format!("{piece:?}") == name).then_some(line),
            None => Some(line),
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The names that it declares.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let lines = self.file().lines();
        let declared =
            lines.filter_map(|line| ["const ", "let ", "class "].iter().find_map(|word| line.strip_prefix(word)));
        declared.filter_map(|rest| rest.split([' ', ';']).next())
    }
}

/// The pieces and all that they need, in order.
pub fn closure(pieces: impl IntoIterator<Item = Piece>) -> BTreeSet<Piece> {
    let mut found = BTreeSet::new();
    pieces.into_iter().for_each(|piece| add(piece, &mut found));
    found
}

fn add(piece: Piece, found: &mut BTreeSet<Piece>) {
    if found.insert(piece) {
        piece.needs().iter().for_each(|needed| add(*needed, found));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// The names that a line calls: what stands before `(`, and belongs to nothing.
    fn called(line: &str) -> impl Iterator<Item = &str> {
        line.match_indices('(').filter_map(|(at, _)| {
            let start =
                line[..at].rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(0, |before| before + 1);
            let name = &line[start..at];
            (!name.is_empty() && !line[..start].ends_with(['.', '#'])).then_some(name)
        })
    }

    #[test]
    fn a_piece_calls_what_it_needs() {
        let owners: HashMap<&str, Piece> =
            Piece::ALL.iter().flat_map(|piece| piece.names().map(|name| (name, *piece))).collect();
        assert_eq!(
            owners.len(),
            Piece::ALL.iter().flat_map(|piece| piece.names()).count(),
            "no name is declared twice"
        );
        for piece in Piece::ALL {
            let have = closure([*piece]);
            let text = piece.text(&have);
            for name in text.lines().flat_map(called) {
                // Only a lift with a callback comes there.
                let is_known = *piece == Piece::Tasks && name == "loop";
                let owner = owners.get(name);
                assert!(is_known || owner.is_none_or(|owner| have.contains(owner)), "{piece:?}: {name} of {owner:?}");
            }
        }
    }

    #[test]
    fn lines_are_short_and_nothing_is_imported() {
        for piece in Piece::ALL {
            assert!(piece.file().lines().all(|line| line.len() <= 120), "{piece:?}");
            assert!(!piece.file().contains("import "), "{piece:?}");
            let names = piece.file().lines().filter_map(|line| Some(line.split_once(" //: ")?.1));
            names.for_each(|name| assert!(Piece::ALL.iter().any(|piece| format!("{piece:?}") == name), "{name}"));
        }
    }
}
