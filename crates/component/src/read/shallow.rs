//! Shallow: the payloads of one component or module, those of embedded ones left out.
//!
//! In: bytes. Out: each payload of the outermost level, in order.
//! Holds: what is embedded is stepped over, not gone through, so each level costs its own bytes only.

use std::ops::Range;

use wasmparser::{Chunk, Parser, Payload, Result};

/// Calls `visit` with each payload, until it answers that it has seen enough.
pub(crate) fn each_payload<'a>(bytes: &'a [u8], mut visit: impl FnMut(Payload<'a>) -> Result<Go>) -> Result<()> {
    let mut parser = Parser::new(0);
    let mut at = 0;
    loop {
        // There is no more data than this, so none is ever asked for.
        let Chunk::Parsed { payload, consumed } = parser.parse(bytes.get(at..).unwrap_or_default(), true)? else {
            return Ok(());
        };
        at += consumed;
        if let Payload::ModuleSection { unchecked_range, .. } | Payload::ComponentSection { unchecked_range, .. } =
            &payload
        {
            at = as_range(unchecked_range).end;
        }
        let is_end = matches!(payload, Payload::End(_));
        if visit(payload)? == Go::Stop || is_end {
            return Ok(());
        }
    }
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Go {
    On,
    Stop,
}

/// Places in bytes; one that is in no memory is at the end of all.
pub(crate) fn as_range(range: &Range<u64>) -> Range<usize> {
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    place(range.start)..place(range.end)
}
