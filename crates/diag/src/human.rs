//! Findings drawn for people: the headline, the texts with their labels, one action.
//!
//! In: a diagnostic and a style. Out: text for a terminal.
//! Holds: nothing that a file holds reaches the terminal as a control sequence; long lines are cut around the label;
//! a place in a binary, or a whole file, is a small box of its own, without line numbers that would mean nothing.

mod snippet;

use miette::{GraphicalReportHandler, GraphicalTheme};

use crate::clean::{harmless, one_line, shown};
use crate::{Diagnostic, Label, Place, Severity};

/// How findings are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub color: bool,
    /// In columns.
    pub width: usize,
}

impl Default for Style {
    /// Without colors, 80 columns.
    fn default() -> Self {
        Self { color: false, width: 80 }
    }
}

/// The drawing, with an empty line after it.
pub fn render(diagnostic: &Diagnostic, style: Style) -> String {
    let theme = theme(style);
    let mut out = headline(diagnostic, &theme);
    for group in groups(&diagnostic.labels) {
        match &group[0].place {
            Place::Text { source, .. } => {
                snippet::draw(&mut out, diagnostic.severity, source, &group, &handler(&theme, style));
            }
            Place::Binary { file, .. } | Place::File { file } => draw_box(&mut out, file, &group, &theme),
        }
    }
    draw_help(&mut out, diagnostic, &theme);
    out.push('\n');
    out
}

fn draw_help(out: &mut String, diagnostic: &Diagnostic, theme: &GraphicalTheme) {
    if let Some(help) = &diagnostic.help {
        let mut lines = shown(help).lines().map(str::to_owned).collect::<Vec<_>>().into_iter();
        let first = lines.next().unwrap_or_default();
        out.push_str(&format!("  {} {first}\n", painted(theme, Paint::Help, "help:")));
        lines.for_each(|line| out.push_str(&format!("        {line}\n")));
    }
}

fn theme(style: Style) -> GraphicalTheme {
    let mut theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    if style.color {
        theme.styles = miette::ThemeStyles::ansi();
    }
    theme
}

fn handler(theme: &GraphicalTheme, style: Style) -> GraphicalReportHandler {
    GraphicalReportHandler::new_themed(theme.clone())
        .with_width(style.width)
        .with_links(false)
        .without_cause_chain()
        .without_syntax_highlighting()
        .with_context_lines(1)
}

fn headline(diagnostic: &Diagnostic, theme: &GraphicalTheme) -> String {
    let word = format!("{}[{}]", diagnostic.severity.name(), diagnostic.code);
    let word = painted(theme, Paint::Severity(diagnostic.severity), &word);
    format!("{word}: {}\n", one_line(&diagnostic.headline))
}

/// What a piece of the drawing is, for its color.
#[derive(Clone, Copy)]
enum Paint {
    Severity(Severity),
    Help,
    File,
}

fn painted(theme: &GraphicalTheme, paint: Paint, text: &str) -> String {
    let styles = &theme.styles;
    let style = match paint {
        Paint::Severity(Severity::Error) => styles.error,
        Paint::Severity(Severity::Warning) => styles.warning,
        Paint::Severity(Severity::Note) => styles.advice,
        Paint::Help => styles.help,
        Paint::File => styles.link,
    };
    style.style(text).to_string()
}

/// Labels of the same file stand together, in the order of each file's first label.
fn groups(labels: &[Label]) -> Vec<Vec<&Label>> {
    let mut groups: Vec<Vec<&Label>> = Vec::new();
    for label in labels {
        let same = groups.iter_mut().find(|group| same_drawing(&group[0].place, &label.place));
        match same {
            Some(group) => group.push(label),
            None => groups.push(vec![label]),
        }
    }
    groups
}

fn same_drawing(a: &Place, b: &Place) -> bool {
    match (a, b) {
        (Place::Text { source: a, .. }, Place::Text { source: b, .. }) => a == b,
        (Place::Binary { file: a, .. }, Place::Binary { file: b, .. }) => a == b,
        (Place::File { file: a }, Place::File { file: b }) => a == b,
        (Place::Text { .. } | Place::Binary { .. } | Place::File { .. }, _) => false,
    }
}

/// A file that has no lines to show.
fn draw_box(out: &mut String, file: &str, labels: &[&Label], theme: &GraphicalTheme) {
    let drawn = &theme.characters;
    let name = painted(theme, Paint::File, &harmless(file));
    out.push_str(&format!("   {}{}[{name}]\n", drawn.ltop, drawn.hbar));
    for label in labels {
        let path = match &label.place {
            Place::Binary { path, .. } => path.as_str(),
            Place::Text { .. } | Place::File { .. } => "",
        };
        let indent = if path.is_empty() { "" } else { "  " };
        let path = path.lines().map(shown);
        let text = label.text.lines().map(|line| format!("{indent}{}", shown(line)));
        for line in path.chain(text) {
            out.push_str(&format!("   {} {line}\n", drawn.vbar));
        }
    }
    out.push_str(&format!("   {}{}\n", drawn.lbot, drawn.hbar.to_string().repeat(4)));
}
