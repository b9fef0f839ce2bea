//! Worlds that a Go module carries in its data, since Go writes no custom sections.
//!
//! In: the data of a module. Out: sections as `embed` would have added them.
//! Holds: equal worlds are one; what is cut off or claims more than there can be is told.

use abi::go_arena::WORLD_MAGIC;
use diag::Diagnostics;
use wasm::{CoreModule, DataImage, Found};

use super::errors;

/// Most worlds that are looked for.
const MOST: usize = 64;

/// The worlds, with names for their sections.
///
/// # Errors
///
/// `go/damaged-world`, for each that does not fit its own length.
pub fn find(module: &CoreModule<'_>, image: &DataImage<'_>) -> diag::Result<Vec<(String, Vec<u8>)>> {
    let mut worlds: Vec<Vec<u8>> = Vec::new();
    let mut wrong = Vec::new();
    // A linker leaves out no more than some zeros, so all worlds together are not longer than the file.
    let mut room = u32::try_from(module.bytes.len()).unwrap_or(u32::MAX);
    let end = memory_size(module);
    for found in image.find(&WORLD_MAGIC).into_iter().take(MOST) {
        match content(image, found, end, room) {
            Ok(world) => {
                room = room.saturating_sub(u32::try_from(world.len()).unwrap_or(u32::MAX));
                if !worlds.contains(&world) {
                    worlds.push(world);
                }
            }
            Err(length) => wrong.push(errors::damaged_world(module, found.address, length)),
        }
    }
    if !wrong.is_empty() {
        return Err(Diagnostics(wrong));
    }
    let named = worlds.into_iter().enumerate();
    Ok(named.map(|(index, world)| (format!("component-type:go:{}", index + 1), world)).collect())
}

/// The bytes behind the mark, or the length that they claim.
fn content(image: &DataImage<'_>, found: Found, end: u64, room: u32) -> Result<Vec<u8>, u32> {
    let mark = u64::from(found.address) + WORLD_MAGIC.len() as u64;
    let Ok(at) = u32::try_from(mark) else { return Err(0) };
    let length = image.word(at);
    let fits = length != 0 && length <= room && mark + 4 + u64::from(length) <= end;
    if fits { Ok(image.read(at + 4, length)) } else { Err(length) }
}

/// In bytes, at the start.
pub fn memory_size(module: &CoreModule<'_>) -> u64 {
    let memory = module.exports.get("memory").and_then(|export| export.ty.as_memory());
    memory.map_or(0, |memory| memory.minimum.saturating_mul(1 << 16))
}
