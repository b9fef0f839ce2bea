//! Room for more data segments in a module that has nearly as many as there may be.
//!
//! In: the module, and how many segments come. Out: edits that make one of two neighbours, zeros between them.
//! Holds: the memory is the same; a program may have as many segments as engines take, and Go's linker makes up to that
//! many, so that a large one has no room for any of ours.

use std::ops::Range;

use wasmparser::{BinaryReader, Data, DataKind, DataSectionReader, Operator};

use super::{DATA, DATA_COUNT, Edit, leb, leb_at, small, the_section};
use crate::CoreModule;

/// Most data segments that engines take (<https://webassembly.github.io/spec/js-api/#limits>).
const MOST: usize = 100_000;

/// Most zeros that one joint may cost, in bytes.
const WIDEST: u32 = 1 << 16;

/// An active segment of the first memory.
struct Segment {
    address: u32,
    /// Where its length stands in the file.
    len: Range<usize>,
    bytes: Range<usize>,
}

impl Segment {
    fn end(&self) -> Option<u32> {
        self.address.checked_add(small(self.bytes.len()))
    }
}

/// Two edits for each segment that is given up; none where there is room, or where joining could change the memory.
pub fn joints(module: &CoreModule<'_>, more: usize) -> Vec<Edit> {
    let Some(count) = super::vec_count(module, DATA) else { return Vec::new() };
    let over = (count as usize + more).saturating_sub(MOST);
    // Where there is a count of segments, code may name them, which would then be others.
    if over == 0 || module.sections.iter().any(|section| section.id == DATA_COUNT) {
        return Vec::new();
    }
    segments(module).map_or_else(Vec::new, |segments| joined(&segments, over))
}

fn joined(segments: &[Segment], over: usize) -> Vec<Edit> {
    let Some(ends) = ends_in_memory(segments) else { return Vec::new() };
    let mut edits = Vec::new();
    // From the end, so that little of a large module moves; two at a time, so that each is changed once.
    for pair in segments.rchunks_exact(2) {
        if edits.len() == 2 * over {
            break;
        }
        let [first, second] = pair else { continue };
        // The zeros between them must be nobody's bytes.
        let before = ends.partition_point(|end| *end <= second.address);
        let have_bytes = !first.bytes.is_empty() && !second.bytes.is_empty();
        let is_next = have_bytes && before > 0 && first.end() == Some(ends[before - 1]);
        let gap = second.address.wrapping_sub(first.address).wrapping_sub(small(first.bytes.len()));
        if is_next && gap <= WIDEST {
            let len = small(first.bytes.len()) + gap + small(second.bytes.len());
            edits.push((first.len.clone(), leb(len)));
            edits.push((first.bytes.end..second.bytes.start, vec![0; gap as usize]));
        }
    }
    edits
}

/// Where the segments that have bytes end, by address, if none lies in another.
fn ends_in_memory(segments: &[Segment]) -> Option<Vec<u32>> {
    let mut ranges: Vec<_> = segments
        .iter()
        .filter(|segment| !segment.bytes.is_empty())
        .map(|segment| Some((segment.address, segment.end()?)))
        .collect::<Option<_>>()?;
    ranges.sort_unstable();
    let apart = ranges.windows(2).all(|pair| pair[0].1 <= pair[1].0);
    apart.then(|| ranges.into_iter().map(|(_, end)| end).collect())
}

/// The segments, if all are active.
fn segments(module: &CoreModule<'_>) -> Option<Vec<Segment>> {
    let section = the_section(module, DATA)?;
    let contents = section.contents.clone();
    let reader = BinaryReader::new(&module.bytes[contents.clone()], contents.start as u64);
    let all = DataSectionReader::new(reader).ok()?.into_iter();
    all.map(|data| segment(module.bytes, &data.ok()?)).collect()
}

fn segment(bytes: &[u8], data: &Data<'_>) -> Option<Segment> {
    let DataKind::Active { memory_index: 0, offset_expr } = &data.kind else { return None };
    let mut operators = offset_expr.get_operators_reader();
    let Ok(Operator::I32Const { value }) = operators.read() else { return None };
    let Ok(Operator::End) = operators.read() else { return None };
    let end = usize::try_from(data.range.end).ok()?;
    let start = end - data.data.len();
    let (_, len) = leb_at(bytes, usize::try_from(operators.original_position()).ok()?)?;
    (len.end == start).then_some(Segment { address: value.cast_unsigned(), len, bytes: start..end })
}
