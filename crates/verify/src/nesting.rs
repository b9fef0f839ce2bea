//! How much a binary nests: judged before the validator, whose time grows with the square of it, and which reads types
//! in types on its own stack.
//!
//! In: untrusted bytes. Out: a diagnostic if there are more nested components and modules than any toolchain makes, or
//! types that stand in one another deeper.
//! Holds: takes time in proportion to the bytes, next to no memory, and a stack of one depth.

use diag::{Diagnostic, Place};
use wasmparser_embedded::{BinaryReader, ComponentType, ComponentTypeDeclaration, Parser, Payload};

/// The newer validator has the same limit.
const MOST: usize = 1000;

/// Types of components and instances in one another; the newer validator has the same limit.
const DEEPEST: usize = 100;

/// The diagnostic for a binary that nests too much; what else may be wrong with it is for the validator to say.
pub(crate) fn too_much(file: &str, bytes: &[u8]) -> Option<Diagnostic> {
    too_many(file, bytes).or_else(|| too_deep(file, bytes))
}

fn too_many(file: &str, bytes: &[u8]) -> Option<Diagnostic> {
    let payloads = Parser::new(0).parse_all(bytes).map_while(Result::ok);
    let nested = payloads
        .filter(|payload| matches!(payload, Payload::ModuleSection { .. } | Payload::ComponentSection { .. }))
        .take(MOST + 1)
        .count();
    (nested > MOST).then(|| {
        diag::error("component/too-large", format!("`{file}` holds more than {MOST} components and modules"))
            .label(Place::file(file), "no toolchain makes so many")
            .help("split the component")
    })
}

fn too_deep(file: &str, bytes: &[u8]) -> Option<Diagnostic> {
    let is_deep = |payload: &Payload<'_>| match payload {
        Payload::ComponentTypeSection(section) => {
            bytes.get(section.range()).is_some_and(|types| has_deep_types(types).unwrap_or(false))
        }
        _ => false,
    };
    Parser::new(0).parse_all(bytes).map_while(Result::ok).any(|payload| is_deep(&payload)).then(|| {
        diag::error("component/too-large", format!("`{file}` has types more than {DEEPEST} deep in one another"))
            .label(Place::file(file), "no toolchain nests types of components and instances so deeply")
            .help("split the component")
    })
}

/// Whether a section of types nests them too deeply. An error is for the validator to tell.
fn has_deep_types(section: &[u8]) -> wasmparser_embedded::Result<bool> {
    let mut reader = BinaryReader::new(section, 0);
    // What is still to be read of the section, and of each type that is open.
    let mut open = vec![reader.read_var_u32()?];
    while let Some(left) = open.last_mut() {
        let Some(less) = left.checked_sub(1) else {
            open.pop();
            continue;
        };
        *left = less;
        let in_section = open.len() == 1;
        let mut ahead = reader.clone();
        let is_type = in_section || ahead.read_u8()? == 0x01;
        if is_type && matches!(ahead.read_u8()?, 0x41 | 0x42) {
            if open.len() > DEEPEST {
                return Ok(true);
            }
            open.push(ahead.read_var_u32()?);
            reader = ahead;
        } else if in_section {
            reader.read::<ComponentType<'_>>()?;
        } else {
            reader.read::<ComponentTypeDeclaration<'_>>()?;
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A component that holds one that holds one, `levels` deep.
    fn nested(levels: usize) -> Vec<u8> {
        let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
        for _ in 0..levels {
            let mut outer = b"\0asm\x0d\0\x01\0\x04".to_vec();
            let mut size = bytes.len();
            while size > 0x7f {
                outer.push(u8::try_from(size & 0x7f).unwrap() | 0x80);
                size >>= 7;
            }
            outer.push(u8::try_from(size).unwrap());
            outer.extend(bytes);
            bytes = outer;
        }
        bytes
    }

    #[test]
    fn deep_nesting_is_refused_before_it_takes_time() {
        assert_eq!(too_much("a.wasm", &nested(1000)), None);
        let found = too_much("a.wasm", &nested(1001)).unwrap();
        assert_eq!(found.code.0, "component/too-large");
        assert_eq!(crate::validate("a.wasm", &nested(20_000), crate::Proposals::RUNTIME), [found]);
    }

    /// A component with a type of an instance that has a type of an instance, `levels` deep, beside other items.
    fn with_types(levels: usize) -> Vec<u8> {
        // A type of functions, an alias of it, then the type of the next instance.
        let level = [0x42, 3, 0x01, 0x40, 0, 1, 0, 0x02, 3, 2, 1, 0, 0x01];
        let types = [&[2, 0x7f], &level.repeat(levels)[..], &[0x42, 0]].concat();
        let size = [types.len() & 0x7f | 0x80, types.len() >> 7 & 0x7f | 0x80, types.len() >> 14];
        let size = size.map(|byte| u8::try_from(byte).unwrap());
        [b"\0asm\x0d\0\x01\0\x07", &size[..], &types].concat()
    }

    #[test]
    fn deep_types_are_refused_before_they_take_the_stack() {
        assert_eq!(too_much("a.wasm", &with_types(DEEPEST - 1)), None);
        let found = too_much("a.wasm", &with_types(DEEPEST)).unwrap();
        assert_eq!(found.code.0, "component/too-large");
        assert_eq!(crate::validate("a.wasm", &with_types(50_000), crate::Proposals::RUNTIME), [found]);
    }
}
