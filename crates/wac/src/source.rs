//! The bytes of a script as text.

use std::sync::Arc;

use diag::{Diagnostic, Place, Source};

/// No script has more bytes.
const LARGEST: usize = 32 * 1024 * 1024;

/// The text of a script, under the name that the user gave it.
///
/// # Errors
///
/// `wac/not-text`: it is not UTF-8, or has more than 32 MiB.
pub fn source(name: &str, bytes: Vec<u8>) -> Result<Arc<Source>, Diagnostic> {
    if bytes.len() > LARGEST {
        return Err(diag::error("wac/not-text", format!("`{name}` is too large to be a script"))
            .label(Place::file(name), "has more than 32 MiB")
            .help("name a script"));
    }
    String::from_utf8(bytes)
        .map(|text| Arc::new(Source::new(name, text)))
        .map_err(|error| not_text(name, error.as_bytes(), error.utf8_error().valid_up_to()))
}

/// No text, or text in another encoding: then the first byte that is no UTF-8 is shown.
fn not_text(name: &str, bytes: &[u8], valid: usize) -> Diagnostic {
    if bytes.contains(&0) {
        return diag::error("wac/not-text", format!("`{name}` is not a script"))
            .label(Place::file(name), "not UTF-8 text")
            .help("name a script");
    }
    // What follows on the line is enough to show the place.
    let end = bytes.len().min(valid + 100);
    let source = Arc::new(Source::new(name, String::from_utf8_lossy(&bytes[..end])));
    let span = valid..valid + char::REPLACEMENT_CHARACTER.len_utf8();
    diag::error("wac/not-text", format!("`{name}` is not UTF-8 text"))
        .label(Place::text(&source, span), format!("the byte 0x{:02X} is not UTF-8 here", bytes[valid]))
        .help("save the file as UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_others() {
        let headline = |bytes: &[u8]| source("a.wac", bytes.to_vec()).map_err(|error| error.headline);
        assert_eq!(headline(b"package a:b;").map(|source| source.text.clone()), Ok("package a:b;".to_owned()));
        assert_eq!(headline(b"ab\xff").unwrap_err(), "`a.wac` is not UTF-8 text");
        assert_eq!(headline(b"a\0b\xff").unwrap_err(), "`a.wac` is not a script");
        assert_eq!(headline(&vec![b' '; LARGEST + 1]).unwrap_err(), "`a.wac` is too large to be a script");
    }
}
