//! What Go bindings and the rewriting of a Go module agree on: one header in memory, and how a world is carried.
//!
//! In: nothing. Out: constants, for the templates under `templates/go` and for `encode`.
//! Holds: nothing else defines them; whoever changes a meaning counts `VERSION` up.
//!
//! A Go program cannot hand out memory while its runtime may be anywhere, so the bindings of each Go module have one
//! global variable, the arena: a header, then bytes that the encoder's own `cabi_realloc` hands out without entering
//! Go. The variable has no pointers and is found by `MAGIC` in the data segments of the linked module.
//!
//! Who writes what: the Go initialiser writes `magic`, `version`, `size` and `flags`. The rewriting adds data segments
//! that write `bump`, `base`, `top` and `perm`. Everything else begins as zero.
//!
//! Who frees what: the size of a block alone says where it is. A block of `BIG` bytes or more is one block of Go's heap
//! from `GROW`, which Go takes over without a copy. A smaller one is in the arena, or in a chunk that `GROW` made the
//! arena: Go copies what is in it and takes its size off `live`; when `live` is 0, `bump` goes back to `base`.
//! `bump`, `base`, `top` and `live` are those of the current chunk; what is in former chunks is Go's business.
//! Nothing is freed for 0 bytes, and such a pointer is never followed.

/// The first bytes of the header; none of them is 0, so that a linker which cuts runs of zeros keeps them together.
pub const MAGIC: [u8; 32] = *b"withe-go-arena\x9f\x2b\x9d\x0c\x7b\x88\x22\x56\x81\x74\x4e\x97\x46\x83\x7e\x62\x40\xb5";
/// What the rewriting puts in place of `MAGIC`: the module is done.
pub const DONE_MAGIC: [u8; 32] = {
    let mut magic = MAGIC;
    (magic[28], magic[29], magic[30], magic[31]) = (b'd', b'o', b'n', b'e');
    magic
};
/// The version of this contract.
pub const VERSION: u32 = 1;
/// Blocks of this many bytes or more belong to Go's heap, one allocation each.
pub const BIG: u32 = 32768;

/// Offsets of the fields from the start of the header; `u32` each, little endian, unless said otherwise.
pub mod field {
    /// The version: `VERSION`.
    pub const VERSION: u32 = 32;
    /// How many bytes the buffer has.
    pub const SIZE: u32 = 36;
    /// Bits of `flag`.
    pub const FLAGS: u32 = 40;
    /// The address of the next free byte of the current chunk.
    pub const BUMP: u32 = 44;
    /// Where the current chunk begins.
    pub const BASE: u32 = 48;
    /// Where the current chunk ends.
    pub const TOP: u32 = 52;
    /// How many bytes of the current chunk are handed out and not yet given back.
    pub const LIVE: u32 = 56;
    /// 1 while `cabi_realloc` is inside Go: calls of preview1 are answered without leaving the module.
    pub const INSIDE: u32 = 60;
    /// 1 when the runtime has found all goroutines blocked and the next read of the idle descriptor succeeds.
    pub const TOKEN: u32 = 64;
    /// `i64` as two words, low first: nanoseconds to the next timer of the runtime, -1 without one.
    pub const TIMEOUT: u32 = 68;
    /// Where the adapter's part of the buffer begins; it grows down from the buffer's end.
    pub const PERM: u32 = 76;
}

/// Bits of `field::FLAGS`.
pub mod flag {
    /// The bindings have async functions: the idle descriptor is wanted, if a program exports any.
    pub const ASYNC: u32 = 1;
    /// The module exports `GROW`.
    pub const GROW: u32 = 2;
    /// All bits that version 1 knows.
    pub const KNOWN: u32 = ASYNC | GROW;
}

/// How many bytes the header has; the buffer follows.
pub const HEADER_SIZE: u32 = 96;
/// How much of the buffer is for the preview1 adapter: its stack and its state take 128 KiB, once.
pub const ADAPTER_SIZE: u32 = 132 << 10;
/// How much of the buffer is for small blocks.
pub const TRANSIENT_SIZE: u32 = 64 << 10;
/// The size of the buffer.
pub const BUFFER_SIZE: u32 = ADAPTER_SIZE + TRANSIENT_SIZE;
/// Most bytes of a buffer that the rewriting believes.
pub const MAX_BUFFER_SIZE: u32 = 64 << 20;

/// Go's function for big blocks and new chunks: `(old, old size, alignment, new size) -> pointer`.
///
/// It is exported only for the rewriting, which takes the export away.
pub const GROW: &str = "withe_grow";
/// Exports with this prefix are for the rewriting.
pub const PRIVATE_PREFIX: &str = "withe_";

/// The descriptor whose read by Go blocks until every goroutine does: no host gives out such a number.
pub const IDLE_DESCRIPTOR: u32 = 1_000_000;

/// Before a world that a Go module carries in its data: `WORLD_MAGIC`, the length as `u32` (little endian), then the
/// content of a section `component-type`. Go cannot write custom sections.
pub const WORLD_MAGIC: [u8; 24] = *b"withe-go-world\xd7\x7d\x51\xa9\x30\xf8\x76\x72\xa3\xfa";

/// A world as Go carries it: magic, length, content.
pub fn world_text(section: &[u8]) -> Vec<u8> {
    let length = u32::try_from(section.len()).expect("a world is far smaller than 4 GiB");
    [&WORLD_MAGIC[..], &length.to_le_bytes(), section].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_are_never_cut_by_a_linker_that_cuts_zeros() {
        assert!(!MAGIC.contains(&0) && !WORLD_MAGIC.contains(&0));
    }

    #[test]
    fn fields_lie_behind_the_magic_and_before_the_buffer() {
        let fields = [
            field::VERSION,
            field::SIZE,
            field::FLAGS,
            field::BUMP,
            field::BASE,
            field::TOP,
            field::LIVE,
            field::INSIDE,
            field::TOKEN,
            field::TIMEOUT,
            field::TIMEOUT + 4,
            field::PERM,
        ];
        let expected: Vec<u32> = (0..12).map(|index| 32 + 4 * index).collect();
        assert_eq!(fields.to_vec(), expected);
        assert!(MAGIC.len() as u32 == field::VERSION && field::PERM + 4 <= HEADER_SIZE);
    }

    #[test]
    fn a_world_text_is_magic_length_content() {
        let text = world_text(b"abc");
        assert_eq!(text[..24], WORLD_MAGIC);
        assert_eq!(text[24..], *b"\x03\0\0\0abc");
    }
}
