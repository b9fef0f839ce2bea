//! Strings.
//!
//! In: what a string says. Out: how it is written, and the reverse.
//! Holds: reading what was written gives the same text, whatever stands in it.
//!
//! Specification: WAC has strings without escapes; these are those of WIT, which the text format has as well, but
//! for bytes in hexadecimal.

/// What a string says; `text` has its quotes. An escape that is not known stands for itself.
pub(super) fn read(text: &str) -> String {
    let inside = text.strip_prefix('"').unwrap_or(text);
    let inside = inside.strip_suffix('"').unwrap_or(inside);
    let mut read = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = rest.find('\\') {
        read.push_str(&rest[..at]);
        rest = &rest[at..];
        let (char, len) = escape(rest).unwrap_or(('\\', 1));
        read.push(char);
        rest = &rest[len..];
    }
    read.push_str(rest);
    read
}

/// Where the first escape stands that means nothing, and its length; `text` has its quotes.
pub(super) fn wrong(text: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        let start = at + found;
        match escape(&text[start..]) {
            Some((_, len)) => at = start + len,
            None => {
                let char = text[start + 1..].chars().next().map_or(0, char::len_utf8);
                return Some((start, 1 + char));
            }
        }
    }
    None
}

/// The meaning and the length of the escape that a text begins with.
fn escape(text: &str) -> Option<(char, usize)> {
    let rest = text.strip_prefix('\\')?;
    let first = rest.chars().next()?;
    Some(match first {
        '"' | '\'' | '\\' => (first, 2),
        't' => ('\t', 2),
        'n' => ('\n', 2),
        'r' => ('\r', 2),
        'u' => {
            let digits = rest.strip_prefix("u{")?;
            let digits = &digits[..digits.bytes().take(9).position(|byte| byte == b'}')?];
            let is_hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            let code = is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()?;
            (char::from_u32(code)?, digits.len() + 4)
        }
        _ => return None,
    })
}

/// A string with its quotes.
pub(crate) fn write(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 2);
    written.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => written.extend(['\\', char]),
            '\t' => written.push_str("\\t"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            _ if super::characters::is_refused(char) => written.push_str(&format!("\\u{{{:x}}}", u32::from(char))),
            _ => written.push(char),
        }
    }
    written.push('"');
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        for text in ["", "a:b/c@1.0.0", "a\"b\\c", "\t\r\n\0\u{202e}é", "\\", "\\u{41}"] {
            let written = write(text);
            assert_eq!(read(&written), text, "{written}");
            assert_eq!(wrong(&written), None, "{written}");
        }
    }

    #[test]
    fn escapes() {
        assert_eq!(read(r#""\u{e9}\u{1F600}\'""#), "é😀'");
        assert_eq!(wrong(r#""parts\greeter.wasm""#), Some((6, 2)));
        assert_eq!(wrong(r#""\u{d800}""#), Some((1, 2)));
        assert_eq!(wrong(r#""\u{0000000041}""#), Some((1, 2)));
        assert_eq!(wrong(r#""\u{+41}""#), Some((1, 2)));
        assert_eq!(wrong(r#""\é""#), Some((1, 3)));
    }
}
