//! How much a binary nests: judged before the validator, whose time grows with the square of it.
//!
//! In: untrusted bytes. Out: a diagnostic if there are more nested components and modules than any toolchain makes.
//! Holds: takes time in proportion to the bytes, and no memory.

use diag::{Diagnostic, Place};
use wasmparser_embedded::{Parser, Payload};

/// The newer validator has the same limit.
const MOST: usize = 1000;

/// The diagnostic for a binary that nests too much; what else may be wrong with it is for the validator to say.
pub(crate) fn too_much(file: &str, bytes: &[u8]) -> Option<Diagnostic> {
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
}
