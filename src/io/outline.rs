//! Wasm without its code: what a large file says of itself, read without reading all of it.
//!
//! In: a file that can be sought in. Out: the bytes of a component or module of the same type, which is what the front
//! end for WIT takes; or nothing, if the file has not the form of wasm, and then all of it has to be read.
//! Holds: what is skipped is sought over; a function's body becomes `unreachable`, a data segment an empty one;
//! element segments and custom sections that say nothing of types are left out.
//! Memory grows with what is kept, never with what the file claims.
//!
//! Specification: Core Specification, "Modules", binary format; Component Model, "Binary".

use std::io::{BufReader, Read, Seek};

/// Files of wasm from which on the code is not read where only WIT is wanted.
pub(super) const LARGE: u64 = 128 << 10;

const HEADER: usize = 8;
const MODULE: [u8; HEADER] = *b"\0asm\x01\0\0\0";
const COMPONENT: [u8; HEADER] = *b"\0asm\x0d\0\x01\0";

/// Section numbers of a component.
const CUSTOM: u8 = 0;
const CORE_MODULE: u8 = 1;
const NESTED_COMPONENT: u8 = 4;
/// Section numbers of a core module.
const ELEMENTS: u8 = 9;
const CODE: u8 = 10;
const DATA: u8 = 11;

/// No locals, `unreachable`, `end`; with its size before it.
const BODY: &[u8] = &[3, 0, 0, 0x0b];
/// A passive segment without bytes.
const SEGMENT: &[u8] = &[1, 0];
/// Components in components that are followed.
const MAX_DEPTH: usize = 100;
/// Bytes read at a time: what is skipped is mostly longer.
const CHUNK: usize = 16 << 10;

/// Why there is no outline.
#[derive(Debug)]
enum Stop {
    /// It has not the form of wasm, so it is for others to say what is wrong with it.
    Odd,
    Unreadable(std::io::Error),
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Unreadable(error)
    }
}

/// The outline of a file of that many bytes; `None` if it has not the form of wasm.
pub(super) fn outline(file: impl Read + Seek, size: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut source = Source { file: BufReader::with_capacity(CHUNK, file), at: 0 };
    let mut out = Vec::new();
    let read = source.header(size).and_then(|header| match header {
        MODULE => source.metadata(size, &mut out),
        COMPONENT => source.component(size, 0, &mut out),
        _ => Err(Stop::Odd),
    });
    match read {
        Ok(()) => Ok(Some(out)),
        Err(Stop::Odd) => Ok(None),
        Err(Stop::Unreadable(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        Err(Stop::Unreadable(error)) => Err(error),
    }
}

/// Where the reading stands.
struct Source<F> {
    file: BufReader<F>,
    at: u64,
}

/// A section: its number, and where it ends.
struct Section {
    id: u8,
    end: u64,
}

impl<F: Read + Seek> Source<F> {
    fn header(&mut self, end: u64) -> Result<[u8; HEADER], Stop> {
        let mut header = [0; HEADER];
        self.bytes(&mut header, end)?;
        Ok(header)
    }

    /// A component behind its header.
    fn component(&mut self, end: u64, depth: usize, out: &mut Vec<u8>) -> Result<(), Stop> {
        if depth > MAX_DEPTH {
            return Err(Stop::Odd);
        }
        out.extend(COMPONENT);
        while let Some(section) = self.section(end)? {
            match section.id {
                CUSTOM => self.custom(&section, out)?,
                CORE_MODULE => {
                    let mut module = Vec::new();
                    match self.header(section.end)? {
                        MODULE => self.module(section.end, &mut module)?,
                        _ => return Err(Stop::Odd),
                    }
                    write_section(CORE_MODULE, &module, out)?;
                }
                NESTED_COMPONENT => {
                    let mut nested = Vec::new();
                    match self.header(section.end)? {
                        COMPONENT => self.component(section.end, depth + 1, &mut nested)?,
                        _ => return Err(Stop::Odd),
                    }
                    write_section(NESTED_COMPONENT, &nested, out)?;
                }
                _ => self.copy(&section, out)?,
            }
        }
        Ok(())
    }

    /// A module inside a component, behind its header.
    fn module(&mut self, end: u64, out: &mut Vec<u8>) -> Result<(), Stop> {
        out.extend(MODULE);
        while let Some(section) = self.section(end)? {
            match section.id {
                CUSTOM | ELEMENTS => self.skip_to(section.end)?,
                CODE => self.replace(&section, BODY, out)?,
                DATA => self.replace(&section, SEGMENT, out)?,
                _ => self.copy(&section, out)?,
            }
        }
        Ok(())
    }

    /// A module that stands alone, behind its header: of it, WIT has only what custom sections say.
    fn metadata(&mut self, end: u64, out: &mut Vec<u8>) -> Result<(), Stop> {
        out.extend(MODULE);
        while let Some(section) = self.section(end)? {
            match section.id {
                CUSTOM => self.custom(&section, out)?,
                _ => self.skip_to(section.end)?,
            }
        }
        Ok(())
    }

    /// A custom section, if it is about types or their documentation.
    fn custom(&mut self, section: &Section, out: &mut Vec<u8>) -> Result<(), Stop> {
        let mut kept = Vec::new();
        let length = self.number(section.end)?;
        write_number(length, &mut kept);
        // A name that is longer than this is none that is looked for.
        let mut name = vec![0; length.min(64) as usize];
        self.bytes(&mut name, section.end)?;
        if length > 64 || !(name.starts_with(b"component-type") || name == b"package-docs") {
            return self.skip_to(section.end);
        }
        kept.extend(name);
        self.append_to(section.end, &mut kept)?;
        write_section(CUSTOM, &kept, out)
    }

    /// A section of as many things, each of them the smallest that there is.
    fn replace(&mut self, section: &Section, by: &[u8], out: &mut Vec<u8>) -> Result<(), Stop> {
        let count = self.number(section.end)?;
        // Each thing takes two bytes or more, so that this many is no more than the file has.
        if u64::from(count) > (section.end - self.at) / 2 {
            return Err(Stop::Odd);
        }
        let mut body = Vec::new();
        write_number(count, &mut body);
        (0..count).for_each(|_| body.extend(by));
        write_section(section.id, &body, out)?;
        self.skip_to(section.end)
    }

    fn copy(&mut self, section: &Section, out: &mut Vec<u8>) -> Result<(), Stop> {
        let mut body = Vec::new();
        self.append_to(section.end, &mut body)?;
        write_section(section.id, &body, out)
    }

    /// The head of the next section; `None` at the end.
    fn section(&mut self, end: u64) -> Result<Option<Section>, Stop> {
        if self.at == end {
            return Ok(None);
        }
        let id = self.byte(end)?;
        let size = self.number(end)?;
        let section_end = self.at + u64::from(size);
        if section_end > end {
            return Err(Stop::Odd);
        }
        Ok(Some(Section { id, end: section_end }))
    }

    /// An unsigned LEB128 number of at most 32 bits.
    fn number(&mut self, end: u64) -> Result<u32, Stop> {
        let mut value = 0_u64;
        for position in 0..5 {
            let byte = self.byte(end)?;
            value |= u64::from(byte & 0x7f) << (7 * position);
            if byte & 0x80 == 0 {
                return u32::try_from(value).map_err(|_| Stop::Odd);
            }
        }
        Err(Stop::Odd)
    }

    fn byte(&mut self, end: u64) -> Result<u8, Stop> {
        let mut byte = [0];
        self.bytes(&mut byte, end)?;
        Ok(byte[0])
    }

    fn bytes(&mut self, into: &mut [u8], end: u64) -> Result<(), Stop> {
        let after = self.at + into.len() as u64;
        if after > end {
            return Err(Stop::Odd);
        }
        self.file.read_exact(into)?;
        self.at = after;
        Ok(())
    }

    /// Everything up to there.
    fn append_to(&mut self, end: u64, out: &mut Vec<u8>) -> Result<(), Stop> {
        let length = end - self.at;
        let read = (&mut self.file).take(length).read_to_end(out)?;
        if read as u64 != length {
            return Err(Stop::Odd);
        }
        self.at = end;
        Ok(())
    }

    fn skip_to(&mut self, end: u64) -> Result<(), Stop> {
        let length = i64::try_from(end - self.at).map_err(|_| Stop::Odd)?;
        self.file.seek_relative(length)?;
        self.at = end;
        Ok(())
    }
}

fn write_section(id: u8, body: &[u8], out: &mut Vec<u8>) -> Result<(), Stop> {
    out.push(id);
    write_number(u32::try_from(body.len()).map_err(|_| Stop::Odd)?, out);
    out.extend(body);
    Ok(())
}

fn write_number(mut number: u32, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push((number & 0x7f) as u8);
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn of(bytes: &[u8]) -> Option<Vec<u8>> {
        outline(Cursor::new(bytes), bytes.len() as u64).expect("memory can be read")
    }

    const TEXT: &str = r#"(component
        (core module $m
          (memory (export "memory") 1)
          (table 1 funcref)
          (elem (i32.const 0) $f)
          (global $g funcref (ref.func $f))
          (data (i32.const 0) "some bytes")
          (func $f (export "f") (param i32) (result i32) local.get 0 i32.const 1 i32.add)
          (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 0))
        (core instance $i (instantiate $m))
        (func (export "f") (param "a" u32) (result u32) (canon lift (core func $i "f")))
        (component $inner (core module (func (result i64) i64.const 7)))
        (@custom "package-docs" "\01{}")
        (@custom "name of no interest" "text"))"#;

    #[test]
    fn an_outline_has_the_type_of_the_whole() {
        let whole = wast::parser::ParseBuffer::new(TEXT).unwrap();
        let whole = wast::parser::parse::<wast::Wat<'_>>(&whole).unwrap().encode().unwrap();
        let outline = of(&whole).unwrap();
        assert!(outline.len() < whole.len());
        let mut types = types::Types::new();
        let of_outline = component::read_world(&mut types, "outline", &outline).unwrap();
        let of_whole = component::read_world(&mut types, "whole", &whole).unwrap();
        assert!(types::equal::components(&types, &of_whole.component, &of_outline.component));
        assert_eq!(wasm::validate(&outline).map_err(|error| error.to_string()), Ok(()));
        assert!(outline.windows(12).any(|part| part == b"package-docs"));
        assert!(!outline.windows(10).any(|part| part == b"some bytes" || part == b"name of no"));
    }

    #[test]
    fn of_a_module_the_metadata_is_kept() {
        let text = r#"(module (func nop) (@custom "component-type:a" "one") (@custom "name" "x") (@custom "component-type" "two"))"#;
        let whole = wast::parser::ParseBuffer::new(text).unwrap();
        let whole = wast::parser::parse::<wast::Wat<'_>>(&whole).unwrap().encode().unwrap();
        let expected = b"\0asm\x01\0\0\0\0\x14\x10component-type:aone\0\x12\x0ecomponent-typetwo";
        assert_eq!(of(&whole).unwrap(), expected);
    }

    #[test]
    fn what_has_not_the_form_of_wasm_is_left_to_others() {
        let whole = wast::parser::ParseBuffer::new(TEXT).unwrap();
        let whole = wast::parser::parse::<wast::Wat<'_>>(&whole).unwrap().encode().unwrap();
        assert_eq!(of(b"package a:b;"), None);
        assert_eq!(of(b""), None);
        // A section that ends beyond the file; more functions than there are bytes.
        assert_eq!(of(&[&COMPONENT[..], &[1, 0xff, 0xff, 0xff, 0x7f]].concat()), None);
        let module = [&MODULE[..], &[CODE, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]].concat();
        let component = [&COMPONENT[..], &[CORE_MODULE, 15], &module].concat();
        assert_eq!(of(&component), None);
        for cut in 0..whole.len() {
            assert!(of(&whole[..cut]).is_none_or(|outline| outline.len() <= whole.len()), "cut at {cut}");
        }
    }
}
