//! What Go bindings and the rewriting of a Go module agree on: one header in memory, and how a world is carried.
//!
//! In: nothing. Out: constants and the names of wide exports, for `bindgen-go`, the templates under `templates/go` and
//! `encode`.
//! Holds: nothing else defines them; whoever changes a meaning counts `VERSION` up.
//!
//! A Go program cannot hand out memory while its runtime may be anywhere, so the bindings of each Go module have one
//! global variable, the arena: a header, which says where the bytes are that the encoder's own `cabi_realloc` hands out
//! without entering Go. It is found by `MAGIC` in the data segments of the linked module. The bytes are a variable of
//! their own, which begins as zero: Go's linker puts it behind its runtime's variables, whose addresses stay short.
//!
//! Who writes what: the Go initialiser writes `magic`, `version`, `size`, `flags` and `buffer`. The rewriting adds data
//! segments that write `bump`, `base`, `top` and `perm`. Everything else begins as zero.
//!
//! Who frees what: the size of a block alone says where it is. A block of `BIG` bytes or more is one block of Go's heap
//! from `GROW`, which Go takes over without a copy. A smaller one is in the arena, or in a chunk that `GROW` made the
//! arena: Go copies what is in it and takes its size off `live`; when `live` is 0, `bump` goes back to `base`.
//! `bump`, `base`, `top` and `live` are those of the current chunk; what is in former chunks is Go's business.
//! Nothing is freed for 0 bytes, and such a pointer is never followed.
//!
//! Wide exports: Go's compiler refuses to export a function whose parameters and result take more than `WIDEST` bytes.
//! Such an export has a name from `Wide::export_name` and one parameter instead, the address of a block of
//! `Wide::size` bytes with the core parameters at `Wide::offsets`. The rewriting puts a function with the true
//! signature in front, under the true name, that gets the block from `cabi_realloc`; Go gives it back.

use crate::{CoreSignature, CoreType, MAX_FLAT_PARAMS};

/// The first bytes of the header; none of them is 0, so that a linker which cuts runs of zeros keeps them together.
pub const MAGIC: [u8; 32] = *b"withe-go-arena\x9f\x2b\x9d\x0c\x7b\x88\x22\x56\x81\x74\x4e\x97\x46\x83\x7e\x62\x40\xb5";
/// What the rewriting puts in place of `MAGIC`: the module is done.
pub const DONE_MAGIC: [u8; 32] = {
    let mut magic = MAGIC;
    (magic[28], magic[29], magic[30], magic[31]) = (b'd', b'o', b'n', b'e');
    magic
};
/// The version of this contract.
pub const VERSION: u32 = 2;
/// The oldest version that the rewriting knows: its buffer follows the header.
pub const OLDEST_VERSION: u32 = 1;
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
    /// The address of the buffer, since version 2.
    pub const BUFFER: u32 = 80;
}

/// Bits of `field::FLAGS`.
pub mod flag {
    /// The bindings have async functions: the idle descriptor is wanted, if a program exports any.
    pub const ASYNC: u32 = 1;
    /// The module exports `GROW`. Without it nobody outside asks for memory: what does not fit into the buffer is a trap.
    pub const GROW: u32 = 2;
    /// All bits that this version knows.
    pub const KNOWN: u32 = ASYNC | GROW;
}

/// How many bytes the header has.
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
/// Exports with this prefix are for the rewriting, which takes all of them away and refuses those that it does not know.
pub const PRIVATE_PREFIX: &str = "withe_";

/// The descriptor whose read by Go blocks until every goroutine does: no host gives out such a number.
pub const IDLE_DESCRIPTOR: u32 = 1_000_000;

/// Before a world that a Go module carries in its data: `WORLD_MAGIC`, the length as `u32` (little endian), then the
/// content of a section `component-type`. Go cannot write custom sections.
pub const WORLD_MAGIC: [u8; 24] = *b"withe-go-world\xd7\x7d\x51\xa9\x30\xf8\x76\x72\xa3\xfa";

/// Most bytes of parameters and result, the result at the next eight, of a function that Go's compiler exports.
pub const WIDEST: u64 = 128;
/// Exports with this prefix take the address of their parameters.
pub const WIDE_PREFIX: &str = "withe_wide.";

/// The true signature of a wide export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wide {
    pub signature: CoreSignature,
}

impl Wide {
    /// `None` if Go's compiler exports functions of this signature.
    pub fn of(signature: &CoreSignature) -> Option<Self> {
        let results = place(&signature.results).1;
        let wide = Self { signature: signature.clone() };
        (u64::from(wide.size()) + results > WIDEST).then_some(wide)
    }

    /// Where the parameters stand in their block: each at the next address that its size divides.
    pub fn offsets(&self) -> Vec<u32> {
        place(&self.signature.params).0
    }

    /// The size of the block, which 8 divides.
    pub fn size(&self) -> u32 {
        u32::try_from(place(&self.signature.params).1).expect("a signature has a few parameters")
    }

    /// What Go calls the export: `withe_wide.`, a letter for each parameter (`i` and `l` are integers of 32 and 64
    /// bits, `f` and `d` floats), a dot, the same for the results, a dot, and the name of the export.
    pub fn export_name(&self, name: &str) -> String {
        let letters = |types: &[CoreType]| types.iter().map(|ty| letter(*ty)).collect::<String>();
        let CoreSignature { params, results } = &self.signature;
        format!("{WIDE_PREFIX}{}.{}.{name}", letters(params), letters(results))
    }

    /// The signature that such a name states, and the name of the export; `None` if it has another form.
    pub fn read_export_name(name: &str) -> Option<(Self, &str)> {
        let mut parts = name.strip_prefix(WIDE_PREFIX)?.splitn(3, '.');
        let mut types = || parts.next()?.chars().map(core_type).collect::<Option<Vec<CoreType>>>();
        let signature = CoreSignature { params: types()?, results: types()? };
        let is_flat = signature.params.len() <= MAX_FLAT_PARAMS && signature.results.len() <= 1;
        parts.next().filter(|_| is_flat).map(|name| (Self { signature }, name))
    }
}

/// Offsets of values one after the other, and the next multiple of eight behind them.
fn place(types: &[CoreType]) -> (Vec<u32>, u64) {
    let mut end = 0_u64;
    let offsets = types.iter().map(|ty| {
        let at = end.next_multiple_of(size(*ty));
        end = at + size(*ty);
        u32::try_from(at).expect("a signature has a few values")
    });
    (offsets.collect(), end.next_multiple_of(8))
}

fn size(ty: CoreType) -> u64 {
    match ty {
        CoreType::I32 | CoreType::F32 => 4,
        CoreType::I64 | CoreType::F64 => 8,
    }
}

fn letter(ty: CoreType) -> char {
    match ty {
        CoreType::I32 => 'i',
        CoreType::I64 => 'l',
        CoreType::F32 => 'f',
        CoreType::F64 => 'd',
    }
}

fn core_type(letter: char) -> Option<CoreType> {
    [CoreType::I32, CoreType::I64, CoreType::F32, CoreType::F64].into_iter().find(|ty| self::letter(*ty) == letter)
}

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
    fn wide_exports_say_their_signature() {
        let signature = |params: &[CoreType], result| CoreSignature { params: params.to_vec(), results: vec![result] };
        let (word, long) = (CoreType::I32, CoreType::I64);
        assert_eq!(Wide::of(&signature(&[long; 15], long)), None);
        assert_eq!(Wide::of(&CoreSignature { params: vec![long; 16], results: Vec::new() }), None);
        let packed = [&[word, CoreType::F32][..], &[long; 14]].concat();
        assert_eq!(Wide::of(&signature(&packed, word)), None);
        let mixed = [&[word, long, CoreType::F32, CoreType::F64][..], &[long; 12]].concat();
        let mixed = signature(&mixed, word);
        let wide = Wide::of(&mixed).expect("136 bytes");
        assert_eq!(wide.offsets()[..5], [0, 8, 16, 24, 32]);
        assert_eq!(Wide { signature: signature(&packed, word) }.offsets()[..4], [0, 4, 8, 16]);
        assert_eq!(wide.size(), 128);
        let name = wide.export_name("a:b/c@1.2.3#d");
        assert_eq!(name, "withe_wide.ilfdllllllllllll.i.a:b/c@1.2.3#d");
        assert_eq!(Wide::read_export_name(&name), Some((wide, "a:b/c@1.2.3#d")));
        let long = format!("withe_wide.{}..x", "l".repeat(18));
        for other in ["withe_wide.", "withe_wide.i.x", "withe_wide.ix.i.x", "wide.i.i.x", "withe_wide.i.ii.x", &long] {
            assert_eq!(Wide::read_export_name(other), None);
        }
    }

    #[test]
    fn a_world_text_is_magic_length_content() {
        let text = world_text(b"abc");
        assert_eq!(text[..24], WORLD_MAGIC);
        assert_eq!(text[24..], *b"\x03\0\0\0abc");
    }
}
