//! The world that a generated package carries, read back from its text.
//!
//! In: the text of a package. Out: the section that `print::world` wrote, as bytes.
//! Holds: of any other text there is nothing, whatever it says.

use abi::go_arena::WORLD_MAGIC;
use bindgen::GO_HEADER;

/// The variable that has it.
pub const VARIABLE: &str = "var componentType = ";

/// The metadata of the world whose package this is; `None` for every other text.
pub fn world_of(text: &str) -> Option<Vec<u8>> {
    let (_, literal) = text.strip_prefix(GO_HEADER)?.split_once(VARIABLE)?;
    let bytes = unquoted(literal)?;
    let rest = bytes.strip_prefix(&WORLD_MAGIC)?;
    let (length, section) = rest.split_first_chunk::<4>()?;
    (u32::from_le_bytes(*length) as usize == section.len()).then(|| section.to_vec())
}

/// The value of string literals that are joined by `+`, each on a line of its own.
fn unquoted(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        let (quoted, goes_on) = match line.strip_suffix(" +") {
            Some(quoted) => (quoted, true),
            None => (line, false),
        };
        let mut inside = quoted.strip_prefix('"')?.strip_suffix('"')?.bytes();
        while let Some(byte) = inside.next() {
            bytes.push(if byte == b'\\' { escape(&mut inside)? } else { byte });
        }
        if !goes_on {
            return Some(bytes);
        }
    }
    None
}

/// What stands behind a backslash, as `print::code::escaped` writes it.
fn escape(rest: &mut impl Iterator<Item = u8>) -> Option<u8> {
    match rest.next()? {
        b'x' => {
            let mut digit = || char::from(rest.next()?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            Some(digit()? << 4 | digit()?)
        }
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::code::escaped;

    fn package(bytes: &[u8]) -> String {
        let text: String = bytes.iter().map(|byte| escaped(*byte)).collect();
        let (left, right) = text.split_at(text.find('k').unwrap_or(0));
        format!("{GO_HEADER}\n\npackage a\n\n{VARIABLE}\"{left}\" +\n\t\"{right}\"\n\nvar b = \"c\"\n")
    }

    #[test]
    fn a_world_comes_back_as_it_was_written() {
        let section: Vec<u8> = (0..=255).collect();
        let text = package(&abi::go_arena::world_text(&section));
        assert_eq!(world_of(&text), Some(section));
    }

    #[test]
    fn other_texts_carry_none() {
        let text = package(&abi::go_arena::world_text(b"kept"));
        assert!(world_of(&text).is_some());
        assert_eq!(world_of(text.trim_start_matches('/')), None);
        assert_eq!(world_of(&package(b"no magic, kept")), None);
        assert_eq!(world_of(&text.replace("kept", "kep")), None);
        assert_eq!(world_of(&text.replace("\" +", "\"")), None);
        assert_eq!(world_of(GO_HEADER), None);
    }

    /// Damaged texts end in nothing or in bytes, never in a panic.
    #[test]
    fn fuzz_damaged_texts_are_read_to_their_end() {
        let text = package(&abi::go_arena::world_text(b"\0\xff\"\\k"));
        testing::seeds::check("carried", 300, |random| {
            let mut bytes = text.clone().into_bytes();
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len());
                match random.below(3) {
                    0 => bytes.truncate(at + 1),
                    1 => bytes[at] = *random.pick(b"\\\"x+ \n"),
                    _ => bytes.insert(at, *random.pick(b"\\\"x+ \n")),
                }
            }
            let damaged = String::from_utf8_lossy(&bytes);
            if let Some(section) = world_of(&damaged) {
                assert!(section.len() <= damaged.len());
            }
        });
    }
}
