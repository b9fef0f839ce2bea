//! Texts that hold what files hold, made fit to be shown.
//!
//! In: a text with names, paths or lines of an input. Out: the same without what steers a terminal.
//! Holds: no control character is left but line breaks and tabs, and no character that turns the direction of text.

/// Longer words are shown by their beginning and end: no one reads a name of so many characters.
const LONGEST_WORD: usize = 400;

/// Of a word that is too long.
const BEGINNING: usize = 120;
const END: usize = 40;

/// The text with every character that could steer a terminal replaced by one of as many bytes.
/// Line breaks and tabs stay.
pub(crate) fn harmless(text: &str) -> String {
    let replaced = |c: char| match c {
        '\n' | '\t' => c,
        // The way lines end in some files; it shows as nothing.
        '\r' => ' ',
        '\u{80}'..='\u{9f}' => '\u{bf}',
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => '?',
        c => c,
    };
    // Nearly every text is fine as it is, and some are large.
    let suspect = |byte: u8| (byte < b' ' && byte != b'\n' && byte != b'\t') || matches!(byte, 0x7f | 0xc2 | 0xe2);
    if text.bytes().any(suspect) { text.chars().map(replaced).collect() } else { text.to_owned() }
}

/// As `harmless`, with long words cut: for what is said, not for a source that positions point into.
pub(crate) fn shown(text: &str) -> String {
    let text = harmless(text);
    if text.len() <= LONGEST_WORD {
        return text;
    }
    text.split_inclusive(char::is_whitespace).map(short_word).collect()
}

/// As `shown`, in one line.
pub(crate) fn one_line(text: &str) -> String {
    shown(text).replace(['\n', '\t'], " ")
}

fn short_word(with_space: &str) -> String {
    let word = with_space.trim_end();
    let length = word.chars().count();
    if length <= LONGEST_WORD {
        return with_space.to_owned();
    }
    let beginning: String = word.chars().take(BEGINNING).collect();
    let end: String = word.chars().skip(length - END).collect();
    let space = &with_space[word.len()..];
    format!("{beginning}\u{2026}({} more)\u{2026}{end}{space}", length - BEGINNING - END)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_a_terminal() {
        assert_eq!(harmless("a\u{1b}[2J\r\n\tb\u{9b}\u{202e}"), "a?[2J \n\tb\u{bf}\u{fffd}");
        assert_eq!(one_line("a\nb\u{7}"), "a b?");
    }

    #[test]
    fn long_words_are_shown_by_their_ends() {
        let name = format!("`{}`", "é".repeat(100_000));
        let text = shown(&format!("import {name}\nis long"));
        assert!(
            text.starts_with("import `éé") && text.ends_with("é`\nis long") && text.contains("(99842 more)"),
            "{text}"
        );
        assert!(text.len() < 500);
        let fine = "word ".repeat(1000);
        assert_eq!(shown(&fine), fine);
    }
}
