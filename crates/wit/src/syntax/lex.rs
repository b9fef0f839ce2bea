//! Tokens.
//!
//! In: a text, whatever stands in it. Out: its tokens, spaces and comments among them.
//! Holds: the tokens stand side by side and cover the text; none is empty; reading takes linear time.
//!
//! Specification: WIT, "Lexical structure".

use super::ast::Span;

/// A piece of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A byte order mark at the beginning of the text counts as one.
    Space,
    /// `// ..` without its line end.
    LineComment,
    /// `/// ..` without its line end.
    DocLine,
    /// `/* .. */`, nested ones inside.
    BlockComment,
    /// `/** .. */`
    DocBlock,
    /// A name or a keyword, `%` included.
    Word,
    /// Digits.
    Number,
    /// `"..."`
    String,
    /// One of `{ } ( ) < > [ ] , ; : . = / @ * _ + -`, or `->`.
    Mark,
    /// What no token begins with, an unfinished comment or an unfinished string.
    Error,
}

/// All tokens of a text.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (kind, len) = token(&text[at..], at == 0);
        tokens.push(Token { kind, span: at..at + len });
        at += len;
    }
    tokens
}

/// The token that a text begins with: its kind and its length.
fn token(rest: &str, first: bool) -> (TokenKind, usize) {
    let mut chars = rest.chars();
    let Some(char) = chars.next() else { return (TokenKind::Error, 0) };
    let next = chars.next();
    match char {
        '\u{feff}' if first => (TokenKind::Space, char.len_utf8() + spaces(&rest[char.len_utf8()..])),
        ' ' | '\t' | '\n' => (TokenKind::Space, spaces(rest)),
        '\r' if next == Some('\n') => (TokenKind::Space, spaces(rest)),
        '/' if next == Some('/') => line_comment(rest),
        '/' if next == Some('*') => block_comment(rest),
        '"' => string(rest),
        '-' if next == Some('>') => (TokenKind::Mark, 2),
        '%' => (TokenKind::Word, 1 + if next.is_some_and(is_word_start) { word(&rest[1..]) } else { 0 }),
        _ if is_word_start(char) => match word(rest) {
            1 if char == '_' => (TokenKind::Mark, 1),
            len => (TokenKind::Word, len),
        },
        '0'..='9' => (TokenKind::Number, rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())),
        '{' | '}' | '(' | ')' | '<' | '>' | '[' | ']' | ',' | ';' | ':' | '.' | '=' | '/' | '@' | '*' | '+' | '-' => {
            (TokenKind::Mark, 1)
        }
        _ => (TokenKind::Error, char.len_utf8()),
    }
}

/// The length of the spaces that a text begins with; `\r` is one only before `\n`.
fn spaces(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\n') => at += 1,
            Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => at += 2,
            _ => return at,
        }
    }
}

fn is_word_start(char: char) -> bool {
    char.is_alphabetic() || char == '_'
}

/// The length of a word; what may not stand in a name is found out later, when the whole name can be shown.
fn word(text: &str) -> usize {
    text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(text.len())
}

fn line_comment(rest: &str) -> (TokenKind, usize) {
    let line = rest.find('\n').map_or(rest, |end| &rest[..end]);
    let line = line.strip_suffix('\r').filter(|_| line.len() < rest.len()).unwrap_or(line);
    (if line.starts_with("///") { TokenKind::DocLine } else { TokenKind::LineComment }, line.len())
}

fn block_comment(rest: &str) -> (TokenKind, usize) {
    let bytes = rest.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    let doc = rest.starts_with("/**") && at > "/**/".len();
                    return (if doc { TokenKind::DocBlock } else { TokenKind::BlockComment }, at);
                }
            }
            _ => at += 1,
        }
    }
    (TokenKind::Error, rest.len())
}

/// A string ends on its line; what stands behind `\` does not end it.
fn string(rest: &str) -> (TokenKind, usize) {
    let mut escaped = false;
    for (at, char) in rest.char_indices().skip(1) {
        match char {
            '\n' => return (TokenKind::Error, rest[..at].trim_end_matches('\r').len()),
            '"' if !escaped => return (TokenKind::String, at + 1),
            _ => escaped = char == '\\' && !escaped,
        }
    }
    (TokenKind::Error, rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        let tokens = tokens(text);
        assert_eq!(tokens.iter().map(|token| &text[token.span.clone()]).collect::<String>(), text);
        tokens.into_iter().filter(|one| one.kind != TokenKind::Space).map(|one| (one.kind, &text[one.span])).collect()
    }

    #[test]
    fn words_marks_and_numbers() {
        use TokenKind::{Mark, Number, Word};
        assert_eq!(
            kinds("%use a-b: func()->_;"),
            [
                (Word, "%use"),
                (Word, "a-b"),
                (Mark, ":"),
                (Word, "func"),
                (Mark, "("),
                (Mark, ")"),
                (Mark, "->"),
                (Mark, "_"),
                (Mark, ";")
            ]
        );
        assert_eq!(kinds("@1.20"), [(Mark, "@"), (Number, "1"), (Mark, "."), (Number, "20")]);
        assert_eq!(kinds("\u{feff}_a é-b %"), [(Word, "_a"), (Word, "é-b"), (Word, "%")]);
    }

    #[test]
    fn comments_and_strings() {
        use TokenKind::{BlockComment, DocBlock, DocLine, Error, LineComment, String};
        assert_eq!(kinds("// a\r\n/// b\n//"), [(LineComment, "// a"), (DocLine, "/// b"), (LineComment, "//")]);
        assert_eq!(kinds("/**/ /* /* a */ */"), [(BlockComment, "/**/"), (BlockComment, "/* /* a */ */")]);
        assert_eq!(kinds("/** a */ /* "), [(DocBlock, "/** a */"), (Error, "/* ")]);
        assert_eq!(kinds("\"a\\\"b\" \"c\r\n\"d"), [(String, "\"a\\\"b\""), (Error, "\"c"), (Error, "\"d")]);
        assert_eq!(kinds("# \r"), [(Error, "#"), (Error, "\r")]);
    }
}
