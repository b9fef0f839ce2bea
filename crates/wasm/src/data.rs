//! What a module puts into its memory before anything runs.
//!
//! In: a `CoreModule`. Out: the bytes at an address, and where a pattern stands.
//! Holds: bytes that no segment names are zero; a later segment wins over an earlier one.

use std::ops::Range;

use wasmparser::{BinaryReader, Data, DataKind, DataSectionReader, Operator};

use crate::CoreModule;

const DATA: u8 = 11;

/// The active segments of the first memory whose addresses are constants.
#[derive(Clone, Debug, Default)]
pub struct DataImage<'a> {
    bytes: &'a [u8],
    /// In the order of the binary.
    segments: Vec<Segment>,
}

#[derive(Clone, Debug)]
struct Segment {
    address: u32,
    /// Where the bytes stand in the file.
    range: Range<usize>,
}

/// A pattern that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub address: u32,
    /// The place in the file, in bytes.
    pub offset: usize,
}

impl<'a> DataImage<'a> {
    pub fn of(module: &CoreModule<'a>) -> Self {
        let mut image = Self { bytes: module.bytes, segments: Vec::new() };
        for section in module.sections.iter().filter(|section| section.id == DATA) {
            let contents = section.contents.clone();
            let reader = BinaryReader::new(&module.bytes[contents.clone()], contents.start as u64);
            let Ok(segments) = DataSectionReader::new(reader) else { continue };
            image.segments.extend(segments.into_iter().map_while(Result::ok).filter_map(|data| segment(&data)));
        }
        image
    }

    /// Whether the bytes of any segment may have the pattern: far cheaper than an image where they do not.
    pub fn may_have(module: &CoreModule<'_>, pattern: &[u8]) -> bool {
        let mut sections = module.sections.iter().filter(|section| section.id == DATA);
        sections.any(|section| !positions(&module.bytes[section.contents.clone()], pattern).is_empty())
    }

    /// Every place of the pattern, which must lie in one segment, and where the memory has it.
    pub fn find(&self, pattern: &[u8]) -> Vec<Found> {
        let (Some(first), Some(last)) = (self.segments.first(), self.segments.last()) else { return Vec::new() };
        let base = first.range.start;
        let found = positions(&self.bytes[base..last.range.end], pattern).into_iter().map(|at| base + at);
        found.filter_map(|offset| self.at_offset(offset, pattern.len())).collect()
    }

    fn at_offset(&self, offset: usize, len: usize) -> Option<Found> {
        let after = self.segments.partition_point(|segment| segment.range.start <= offset);
        let segment = self.segments.get(after.checked_sub(1)?)?;
        let inside = offset - segment.range.start;
        let fits = offset + len <= segment.range.end;
        let address = segment.address.checked_add(u32::try_from(inside).ok()?)?;
        fits.then_some(Found { address, offset })
    }

    /// The bytes from an address on.
    pub fn read(&self, address: u32, len: u32) -> Vec<u8> {
        let mut out = vec![0; len as usize];
        let (from, to) = (u64::from(address), u64::from(address) + u64::from(len));
        for segment in &self.segments {
            let start = u64::from(segment.address);
            let (low, high) = (start.max(from), (start + segment.range.len() as u64).min(to));
            if low < high {
                let source = segment.range.start + at(low - start)..segment.range.start + at(high - start);
                out[at(low - from)..at(high - from)].copy_from_slice(&self.bytes[source]);
            }
        }
        out
    }

    /// The word at an address, little endian.
    pub fn word(&self, address: u32) -> u32 {
        u32::from_le_bytes(self.read(address, 4).try_into().expect("four bytes were asked for"))
    }
}

fn at(offset: u64) -> usize {
    usize::try_from(offset).expect("an offset into a slice fits usize")
}

fn segment(data: &Data<'_>) -> Option<Segment> {
    let DataKind::Active { memory_index: 0, offset_expr } = &data.kind else { return None };
    let mut operators = offset_expr.get_operators_reader();
    let Ok(Operator::I32Const { value }) = operators.read() else { return None };
    let Ok(Operator::End) = operators.read() else { return None };
    let end = usize::try_from(data.range.end).ok()?;
    Some(Segment { address: value.cast_unsigned(), range: end - data.data.len()..end })
}

/// Where a pattern begins. Most bytes are never looked at: the one under the pattern's end says how far it may move
/// (Horspool's search).
fn positions(bytes: &[u8], pattern: &[u8]) -> Vec<usize> {
    let mut found = Vec::new();
    let Some(last) = pattern.len().checked_sub(1) else { return found };
    let mut steps = [pattern.len(); 256];
    for (at, byte) in pattern[..last].iter().enumerate() {
        steps[usize::from(*byte)] = last - at;
    }
    let mut at = 0;
    while let Some(end) = bytes.get(at + last) {
        if bytes[at..].starts_with(pattern) {
            found.push(at);
        }
        at += steps[usize::from(*end)];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(text: &str, look: impl FnOnce(&DataImage<'_>)) {
        let bytes = wat::parse_str(text).unwrap();
        look(&DataImage::of(&crate::read_module("m.wasm", &bytes).unwrap()));
    }

    #[test]
    fn bytes_are_read_by_address_across_segments_and_holes() {
        let text =
            r#"(module (memory 1) (data (i32.const 8) "abc") (data (i32.const 14) "de") (data (i32.const 9) "X"))"#;
        image(text, |image| {
            assert_eq!(image.read(7, 10), b"\0aXc\0\0\0de\0");
            assert_eq!(image.read(u32::MAX, 2), b"\0\0");
            assert_eq!(image.word(13), u32::from_le_bytes(*b"\0de\0"));
        });
    }

    #[test]
    fn a_pattern_is_found_in_one_segment_only() {
        let text = r#"(module (memory 1) (data (i32.const 100) "..ab.ab") (data (i32.const 7) "a") (data (i32.const 8) "b")
            (data "ab") (global $g i32 (i32.const 5)) (data (global.get $g) "ab"))"#;
        image(text, |image| {
            let addresses: Vec<u32> = image.find(b"ab").iter().map(|found| found.address).collect();
            assert_eq!(addresses, [102, 105]);
            assert!(image.find(b"").is_empty() && image.find(b"zz").is_empty());
            let bytes = wat::parse_str(r#"(module (memory 1) (data (i32.const 0) "..ab"))"#).unwrap();
            let module = crate::read_module("m.wasm", &bytes).unwrap();
            assert!(DataImage::may_have(&module, b"ab") && !DataImage::may_have(&module, b"ba"));
        });
        image("(module (memory 1))", |image| assert!(image.find(b"a").is_empty()));
    }

    #[test]
    fn the_search_finds_what_looking_everywhere_finds() {
        each_text(|bytes, pattern| {
            let everywhere = (0..bytes.len()).filter(|at| !pattern.is_empty() && bytes[*at..].starts_with(pattern));
            assert_eq!(positions(bytes, pattern), everywhere.collect::<Vec<_>>(), "{pattern:?} in {bytes:?}");
        });
    }

    /// Every text of at most seven of two letters, and every pattern of at most three.
    fn each_text(mut check: impl FnMut(&[u8], &[u8])) {
        let texts = |most: usize| (0..=most).flat_map(|len| (0..1_usize << len).map(move |bits| text(len, bits)));
        for bytes in texts(7) {
            texts(3).for_each(|pattern| check(&bytes, &pattern));
        }
    }

    fn text(len: usize, bits: usize) -> Vec<u8> {
        (0..len).map(|at| if bits >> at & 1 == 0 { b'a' } else { b'b' }).collect()
    }
}
