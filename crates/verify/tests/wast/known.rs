//! What the embedded runtime does otherwise than the scripts say, and what was done in all of them.
//!
//! The scripts are newer than the runtime. Each line was seen in all ways of its component, so none is this project's.

use crate::runner::Done;
use crate::ways::Way;

const NEWER: &str = "a canonical built-in that is newer than the embedded runtime";
const ENTERING: &str = "the embedded runtime lets nobody enter an instance again, as the specification once said";
const BLOCKING: &str = "the embedded runtime lets no synchronous task block that has other threads ready";
const SWITCHING: &str = "the embedded runtime switches only to threads that are suspended, not to those that are ready";
const DEADLOCK: &str = "the embedded runtime sees a deadlock where a thread is ready";
const PANIC: &str = "the embedded runtime panics: a check of its own fails";
const DONE: &str =
    "the embedded runtime lets an end of a stream be given away after it was told of the other end's drop";
const CHECK: &str = "the guest's own check fails: events come in another order, or with another outcome";

/// Commands that go otherwise: script, line, why.
const OTHERWISE: &[(&str, usize, &str)] = &[
    ("async/big-interleaving-test.wast", 14, NEWER),
    ("async/cancel-delivery.wast", 401, ENTERING),
    ("async/cancel-instance-wide-resume.wast", 185, ENTERING),
    ("async/cancel-subtask.wast", 261, ENTERING),
    ("async/cancel-yield-loop.wast", 135, ENTERING),
    ("async/during-sync-call-exclusive-resume.wast", 60, BLOCKING),
    ("async/during-sync-call-may-block-if-other-ready-threads.wast", 115, BLOCKING),
    ("async/during-sync-call-may-block-if-other-ready-threads.wast", 207, BLOCKING),
    ("async/during-sync-call-no-sibling-resume.wast", 156, CHECK),
    ("async/during-sync-scheduling-candidates.wast", 74, PANIC),
    ("async/during-sync-scheduling-candidates.wast", 133, PANIC),
    ("async/during-sync-scheduling-candidates.wast", 235, PANIC),
    ("async/during-sync-scheduling-candidates.wast", 305, DEADLOCK),
    ("async/during-sync-scheduling-candidates.wast", 309, DEADLOCK),
    ("async/during-sync-scheduling-candidates.wast", 405, DEADLOCK),
    ("async/during-sync-scheduling-candidates.wast", 409, DEADLOCK),
    ("async/during-sync-scheduling-candidates.wast", 483, PANIC),
    ("async/forward.wast", 3, NEWER),
    ("async/forward.wast", 1025, NEWER),
    ("async/forward.wast", 1197, NEWER),
    ("async/idle-drop.wast", 538, BLOCKING),
    ("async/idle-drop.wast", 548, BLOCKING),
    ("async/idle-drop.wast", 562, CHECK),
    ("async/idle-drop.wast", 564, CHECK),
    ("async/idle-drop.wast", 572, DONE),
    ("async/reentrance.wast", 42, ENTERING),
    ("async/reentrance.wast", 60, ENTERING),
    ("async/reentrance.wast", 99, ENTERING),
    ("async/reentrance.wast", 100, ENTERING),
    ("async/reentrance.wast", 151, ENTERING),
    ("async/reentrance.wast", 198, ENTERING),
    ("async/reentrance.wast", 237, ENTERING),
    ("async/reentrance.wast", 346, ENTERING),
    ("async/reentrance.wast", 521, ENTERING),
    ("async/reentrance.wast", 658, ENTERING),
    ("async/reentrance.wast", 786, ENTERING),
    ("async/switch-to-ready-callback.wast", 361, SWITCHING),
    ("async/switch-to-ready-callback.wast", 369, SWITCHING),
    ("async/sync-streams.wast", 208, CHECK),
    ("async/trap-if-block-and-sync.wast", 344, SWITCHING),
    ("async/trap-if-block-and-sync.wast", 346, CHECK),
    ("async/trap-if-block-and-sync.wast", 348, SWITCHING),
    ("async/zero-length.wast", 533, CHECK),
    ("values/post-return.wast", 4, NEWER),
];

pub fn reason(script: &str, line: usize) -> Option<&'static str> {
    OTHERWISE.iter().find(|(file, at, _)| *file == script && *at == line).map(|(_, _, why)| *why)
}

/// What is done in all public scripts.
pub fn sums(way: Way) -> Done {
    let refused = match way {
        Way::AsItIs | Way::Printed => 0,
        // Values, start functions and what a plan has no word for.
        Way::Replanned => 5,
        // Most have core modules of their own.
        Way::Recomposed => 156,
    };
    Done {
        compiled: 315,
        refused,
        instances: 403,
        invokes: 1,
        returns: 387,
        traps: 116,
        otherwise: 44,
        unreachable: 212,
    }
}
