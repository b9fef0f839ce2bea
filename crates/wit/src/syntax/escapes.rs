//! Strings.
//!
//! In: what stands between the quotes. Out: what it means.
//!
//! Specification: the text format's strings, which WIT's are read like.

/// Reads the escapes of a string; one that is not known stands for itself.
pub(super) fn read(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        rest = &rest[char.len_utf8()..];
        let escape = if char == '\\' { escape(rest) } else { None };
        match escape {
            Some((value, len)) => {
                bytes.extend(value);
                rest = &rest[len..];
            }
            None => bytes.extend(char.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What stands behind `\`: its meaning and its length.
pub(super) fn escape(rest: &str) -> Option<(Vec<u8>, usize)> {
    let first = rest.chars().next()?;
    Some(match first {
        '"' | '\'' | '\\' => (vec![u8::try_from(first).ok()?], 1),
        't' => (vec![b'\t'], 1),
        'n' => (vec![b'\n'], 1),
        'r' => (vec![b'\r'], 1),
        'u' => {
            let digits = rest.strip_prefix("u{")?.split_once('}')?.0;
            if !digits.starts_with(|c: char| c.is_ascii_hexdigit()) || digits.ends_with('_') {
                return None;
            }
            let code = u32::from_str_radix(&digits.replace('_', ""), 16).ok()?;
            let char = char::from_u32(code)?;
            (char.to_string().into_bytes(), digits.len() + 3)
        }
        _ => (
            vec![u8::from_str_radix(rest.get(..2).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))?, 16).ok()?],
            2,
        ),
    })
}
