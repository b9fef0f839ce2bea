//! HTML, made so that text never becomes markup.
//!
//! In: elements, attributes and text. Out: markup that is HTML and well-formed XML.
//! Holds: names of elements and attributes are written in this crate's source; everything else is escaped; what has been
//! opened is closed in order.

/// Attributes: names that this crate knows, values of any kind.
pub(crate) type Attrs<'a> = &'a [(&'static str, &'a str)];

/// A writer of markup.
#[derive(Debug, Default)]
pub(crate) struct Html {
    out: String,
    open: Vec<&'static str>,
}

impl Html {
    /// An element with what `inner` writes.
    pub(crate) fn element(&mut self, tag: &'static str, attrs: Attrs<'_>, inner: impl FnOnce(&mut Self)) {
        let depth = self.open.len();
        self.open(tag, attrs);
        inner(self);
        while self.open.len() > depth {
            self.close();
        }
    }

    /// An element with nothing but text.
    pub(crate) fn leaf(&mut self, tag: &'static str, attrs: Attrs<'_>, text: &str) {
        self.element(tag, attrs, |html| html.text(text));
    }

    /// An element that never has content: `meta`, `link`, `br`.
    pub(crate) fn void(&mut self, tag: &'static str, attrs: Attrs<'_>) {
        self.start(tag, attrs);
        self.out.push_str("/>");
    }

    /// Begins an element; `close` ends it.
    pub(crate) fn open(&mut self, tag: &'static str, attrs: Attrs<'_>) {
        self.start(tag, attrs);
        self.out.push('>');
        self.open.push(tag);
    }

    /// Ends the element that was opened last.
    pub(crate) fn close(&mut self) {
        if let Some(tag) = self.open.pop() {
            self.out.push_str("</");
            self.out.push_str(tag);
            self.out.push('>');
        }
    }

    fn start(&mut self, tag: &'static str, attrs: Attrs<'_>) {
        self.out.push('<');
        self.out.push_str(tag);
        for (name, value) in attrs {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            self.text(value);
            self.out.push('"');
        }
    }

    /// Text, between tags or quotes.
    pub(crate) fn text(&mut self, text: &str) {
        let mut written = 0;
        for (at, c) in text.char_indices() {
            let instead = match c {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\r' => "",
                c if is_hidden(c) => "\u{fffd}",
                _ => continue,
            };
            self.out.push_str(&text[written..at]);
            self.out.push_str(instead);
            written = at + c.len_utf8();
        }
        self.out.push_str(&text[written..]);
    }

    /// A page: the document type, then what `inner` writes.
    pub(crate) fn document(inner: impl FnOnce(&mut Self)) -> String {
        let mut html = Self { out: "<!DOCTYPE html>\n".to_owned(), open: Vec::new() };
        inner(&mut html);
        debug_assert!(html.open.is_empty(), "`element` closes what it opened");
        html.out.push('\n');
        html.out
    }

    #[cfg(test)]
    pub(crate) fn fragment(inner: impl FnOnce(&mut Self)) -> String {
        let mut html = Self::default();
        inner(&mut html);
        html.out
    }
}

/// What XML cannot hold, and what makes text look like another: control characters, and those that turn the direction.
fn is_hidden(c: char) -> bool {
    match c {
        '\t' | '\n' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => true,
        c => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_never_becomes_markup() {
        let page = Html::fragment(|html| {
            html.element("a", &[("href", "\"><script>")], |html| html.text("<b>&\u{0}\u{202e}\r\n"));
            html.void("br", &[]);
        });
        let expected = "<a href=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt;&amp;\u{fffd}\u{fffd}\n</a><br/>";
        assert_eq!(page, expected);
    }

    #[test]
    fn what_is_left_open_is_closed() {
        let page = Html::fragment(|html| html.element("ul", &[], |html| html.open("li", &[])));
        assert_eq!(page, "<ul><li></li></ul>");
    }
}
