//! Documentation as Markdown.
//!
//! In: the text of a comment, from whoever wrote the package. Out: markup, through the writer that escapes.
//! Holds: HTML in the text is shown, not used; only `http`, `https` and `mailto` are linked outside, images among them;
//! nothing is loaded; what is nested or tabled without end is cut.

use std::cell::RefCell;

use pulldown_cmark::{
    Alignment, BrokenLink, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd,
};

use crate::html::Html;
use crate::names::Here;
use crate::site::Site;

/// Bytes of one comment that are shown.
const LONGEST: usize = 256 << 10;
/// Levels of lists, quotations and emphasis that are shown as such.
const DEEPEST: usize = 24;
/// Cells of all tables of a comment: rows that are short are filled up, so a small text could have many.
const MOST_CELLS: usize = 10_000;
/// Columns, as far as they are looked at.
const MOST_COLUMNS: usize = 64;
/// Characters of a summary, about.
const SUMMARY: usize = 180;

/// Writes a comment as blocks.
pub(crate) fn write(html: &mut Html, site: &Site<'_>, here: Here<'_>, docs: &str) {
    let (text, cut) = shortened(docs);
    html.element("div", &[("class", "docs")], |html| {
        let resolve = |link: BrokenLink<'_>| {
            let spot = site.names.anywhere(here, &link.reference)?;
            Some((CowStr::from(spot.from(here.page)), CowStr::from("")))
        };
        let mut writer = Writer {
            html,
            site,
            here,
            open: Vec::new(),
            cells: 0,
            in_link: 0,
            aligned: Vec::new(),
            column: 0,
            in_head: false,
        };
        let parser = Parser::new_with_broken_link_callback(&text, options(), Some(resolve));
        parser.for_each(|event| writer.event(event));
        writer.open.drain(..).filter(|shown| *shown).for_each(|_| html.close());
        if cut {
            html.leaf("p", &[("class", "cut")], "The rest of this comment is too long to be shown.");
        }
    });
}

/// The first sentence, as one line with code and emphasis.
pub(crate) fn summary(html: &mut Html, docs: &str) {
    let (text, _) = shortened(docs);
    let left = RefCell::new(SUMMARY);
    for event in summary_of(&text) {
        match event {
            Event::Text(text) => {
                let (text, ends) = sentence(&text, &left);
                html.text(text);
                if ends {
                    return;
                }
            }
            Event::Code(text) if *left.borrow() > 0 => {
                let mut left = left.borrow_mut();
                *left = left.saturating_sub(text.chars().count());
                html.leaf("code", &[], &text);
            }
            Event::SoftBreak | Event::HardBreak => html.text(" "),
            Event::InlineHtml(text) | Event::Html(text) => html.text(&text),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_)) => return,
            Event::Code(_)
            | Event::Start(_)
            | Event::End(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_) => {}
        }
    }
}

/// The first sentence without any marks, for the search.
pub(crate) fn plain_summary(docs: &str) -> String {
    let (text, _) = shortened(docs);
    let left = RefCell::new(SUMMARY / 2);
    let mut out = String::new();
    for event in summary_of(&text) {
        match event {
            Event::Text(text) | Event::Code(text) => {
                let (text, ends) = sentence(&text, &left);
                out.push_str(text);
                if ends {
                    break;
                }
            }
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_)) => break,
            Event::Start(_)
            | Event::End(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_) => {}
        }
    }
    out
}

/// As much of a text as belongs to the first sentence, and whether it ends in it.
fn sentence<'t>(text: &'t str, left: &RefCell<usize>) -> (&'t str, bool) {
    let mut left = left.borrow_mut();
    let end = text.find(". ").map(|at| at + 1);
    let most = text.char_indices().nth(*left).map(|(at, _)| at);
    let cut = [end, most].into_iter().flatten().min();
    *left = left.saturating_sub(text.chars().count());
    (&text[..cut.unwrap_or(text.len())], cut.is_some() || *left == 0)
}

/// The first paragraph, in which names in brackets have lost them.
fn summary_of(text: &str) -> impl Iterator<Item = Event<'_>> {
    let name = |link: BrokenLink<'_>| {
        let is_code = link.reference.starts_with('`') && link.reference.ends_with('`');
        is_code.then(|| (CowStr::from(""), CowStr::from("")))
    };
    Parser::new_with_broken_link_callback(first_paragraph(text), options(), Some(name))
}

fn first_paragraph(text: &str) -> &str {
    let text = text.trim_start();
    let end = text.find("\n\n").unwrap_or(text.len());
    &text[..text.floor_char_boundary(end.min(16 << 10))]
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

/// A text that can be read in reasonable time, and whether something was left out.
fn shortened(docs: &str) -> (String, bool) {
    let text = &docs[..docs.floor_char_boundary(LONGEST)];
    // A line of a table has at most so many columns, before the rows are filled up to them.
    let narrow = |line: &str| line.matches('|').count() <= MOST_COLUMNS;
    let lines: Vec<&str> = text.split('\n').map(|line| if narrow(line) { line } else { shorter(line) }).collect();
    (lines.join("\n"), text.len() < docs.len())
}

/// A line up to its most columns.
fn shorter(line: &str) -> &str {
    let end = line.match_indices('|').nth(MOST_COLUMNS).map_or(line.len(), |(at, _)| at);
    &line[..end]
}

/// A comment on its way.
struct Writer<'w, 's, 'a> {
    html: &'w mut Html,
    site: &'s Site<'a>,
    here: Here<'s>,
    /// What is open, and whether it has an element.
    open: Vec<bool>,
    cells: usize,
    /// Links that are open: there is none in a link.
    in_link: usize,
    aligned: Vec<Alignment>,
    column: usize,
    in_head: bool,
}

impl Writer<'_, '_, '_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => self.text(&text),
            Event::Code(text) => self.code(&text),
            Event::SoftBreak => self.html.text("\n"),
            Event::HardBreak => self.html.void("br", &[]),
            Event::Rule => self.html.void("hr", &[]),
            Event::TaskListMarker(done) => self.html.text(if done { "☑ " } else { "☐ " }),
        }
    }

    fn text(&mut self, text: &str) {
        if self.cells <= MOST_CELLS {
            self.html.text(text);
        }
    }

    fn code(&mut self, text: &str) {
        if self.cells > MOST_CELLS {
            return;
        }
        let spot = if self.in_link == 0 { self.site.names.near(self.here, text) } else { None };
        match spot {
            Some(spot) => {
                let href = spot.from(self.here.page);
                self.html.element("a", &[("href", &href)], |html| html.leaf("code", &[], text));
            }
            None => self.html.leaf("code", &[], text),
        }
    }

    /// Opens an element, if there are not too many.
    fn open(&mut self, tag: &'static str, attrs: &[(&'static str, &str)]) {
        let shown = self.open.len() < DEEPEST && self.cells <= MOST_CELLS;
        if shown {
            self.html.open(tag, attrs);
        }
        self.open.push(shown);
    }

    fn nothing(&mut self) {
        self.open.push(false);
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.open("p", &[]),
            Tag::Heading { level, .. } => self.open(heading(level), &[]),
            Tag::BlockQuote(_) => self.open("blockquote", &[]),
            Tag::CodeBlock(kind) => self.code_block(&kind),
            Tag::List(Some(first)) => self.open("ol", &[("start", &first.to_string())]),
            Tag::List(None) => self.open("ul", &[]),
            Tag::Item => self.open("li", &[]),
            Tag::Table(aligned) => {
                self.aligned = aligned;
                self.open("table", &[]);
            }
            Tag::TableHead | Tag::TableRow => {
                self.in_head = tag == Tag::TableHead;
                self.column = 0;
                self.open("tr", &[]);
            }
            Tag::TableCell => self.cell(),
            Tag::Emphasis => self.open("em", &[]),
            Tag::Strong => self.open("strong", &[]),
            Tag::Strikethrough => self.open("del", &[]),
            Tag::Link { link_type, dest_url, .. } => self.link(&dest_url, is_name(link_type)),
            Tag::Image { dest_url, .. } => self.link(&dest_url, false),
            Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => self.nothing(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        if matches!(tag, TagEnd::Link | TagEnd::Image) {
            self.in_link = self.in_link.saturating_sub(1);
        }
        if self.open.pop() == Some(true) {
            self.html.close();
        }
        if tag == TagEnd::CodeBlock && self.open.pop() == Some(true) {
            self.html.close();
        }
    }

    /// A block of code is two elements.
    fn code_block(&mut self, kind: &CodeBlockKind<'_>) {
        let info = match kind {
            CodeBlockKind::Fenced(info) => info.split([',', ' ']).next().unwrap_or_default(),
            CodeBlockKind::Indented => "",
        };
        if info == "wave" {
            self.open("pre", &[("class", "example"), ("title", "an example in WAVE, which `withe docs --test` runs")]);
        } else {
            self.open("pre", &[]);
        }
        self.open("code", &[]);
    }

    fn cell(&mut self) {
        self.cells += 1;
        let side = match self.aligned.get(self.column) {
            Some(Alignment::Right) => "right",
            Some(Alignment::Center) => "center",
            Some(Alignment::Left | Alignment::None) | None => "left",
        };
        self.column += 1;
        if self.in_head {
            self.open("th", &[("scope", "col"), ("class", side)]);
        } else {
            self.open("td", &[("class", side)]);
        }
    }

    /// Links lead to the web or to a name of the site; other addresses mean nothing here.
    fn link(&mut self, to: &str, is_name: bool) {
        self.in_link += 1;
        if self.in_link > 1 {
            return self.nothing();
        }
        if is_name {
            return self.open("a", &[("href", to)]);
        }
        if is_outside(to) {
            let rel = "external nofollow noopener noreferrer";
            return self.open("a", &[("href", to), ("rel", rel)]);
        }
        match self.site.names.anywhere(self.here, to) {
            Some(spot) => {
                let href = spot.from(self.here.page);
                self.open("a", &[("href", &href)]);
            }
            None => self.nothing(),
        }
    }
}

/// Documentation stands below a page's own headings.
fn heading(level: HeadingLevel) -> &'static str {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => "h4",
        HeadingLevel::H3 => "h5",
        HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => "h6",
    }
}

/// Whether a link has no address of its own: it was looked up as a name.
fn is_name(link: LinkType) -> bool {
    matches!(link, LinkType::ReferenceUnknown | LinkType::CollapsedUnknown | LinkType::ShortcutUnknown)
}

fn is_outside(to: &str) -> bool {
    let lower = to.to_ascii_lowercase();
    ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
}
