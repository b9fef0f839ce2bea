//! Text: how wide it is, how it is shortened, what is escaped.
//!
//! In: any text, from any component. Out: text that fits its box and its format.
//! Holds: widths are those of DejaVu Sans or Verdana, whichever is wider, which are the first fonts of the pictures'
//! style and wider than other common sans-serif fonts; so text fits its box wherever it is shown.

/// A size and weight of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Font {
    /// The picture's title: 16 units, bold.
    Title,
    /// The first line of a card: 13 units, bold.
    Head,
    /// Other lines of cards: 11 units.
    Body,
    /// Labels of wires and badges: 10 units.
    Small,
}

impl Font {
    /// Units of the picture per em.
    pub fn size(self) -> f64 {
        match self {
            Font::Title => 16.0,
            Font::Head => 13.0,
            Font::Body => 11.0,
            Font::Small => 10.0,
        }
    }

    fn widths(self) -> &'static [u16; 95] {
        match self {
            Font::Title | Font::Head => &BOLD,
            Font::Body | Font::Small => &REGULAR,
        }
    }
}

/// Thousandths of an em from space to tilde.
const REGULAR: [u16; 95] = [
    352, 401, 460, 838, 636, 1076, 780, 275, 454, 454, 636, 838, 364, 454, 364, 454, 636, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 454, 454, 838, 838, 838, 545, 1000, 684, 686, 698, 771, 632, 575, 775, 752, 421, 455, 693, 557, 863,
    748, 787, 603, 787, 695, 684, 616, 732, 684, 989, 685, 615, 685, 454, 454, 454, 838, 636, 636, 613, 635, 550, 635,
    615, 352, 635, 634, 278, 344, 592, 278, 974, 634, 612, 635, 635, 427, 521, 394, 634, 592, 818, 592, 592, 525, 636,
    454, 636, 838,
];

/// As [`REGULAR`], in bold.
const BOLD: [u16; 95] = [
    348, 456, 587, 867, 711, 1272, 872, 332, 543, 543, 711, 867, 380, 480, 380, 689, 711, 711, 711, 711, 711, 711, 711,
    711, 711, 711, 402, 402, 867, 867, 867, 617, 1000, 776, 762, 734, 830, 683, 683, 821, 837, 546, 555, 775, 637, 995,
    847, 850, 733, 850, 782, 720, 682, 812, 774, 1128, 771, 737, 725, 543, 689, 543, 867, 711, 711, 675, 716, 593, 716,
    678, 435, 716, 712, 343, 403, 671, 343, 1058, 712, 687, 716, 716, 497, 595, 478, 712, 652, 980, 669, 652, 597, 712,
    543, 712, 867,
];

/// Units of the picture that a text is wide, in one line.
pub fn width(text: &str, font: Font) -> f64 {
    text.chars().map(|c| char_width(c, font)).sum::<f64>() * font.size() / 1000.0
}

/// Thousandths of an em; for what the table has not, at least what common fonts give it.
fn char_width(c: char, font: Font) -> f64 {
    let code = u32::from(c);
    if let Some(known) = code.checked_sub(32).and_then(|at| font.widths().get(at as usize)) {
        return f64::from(*known);
    }
    match code {
        // Combining marks, joiners, marks of direction and variation selectors take no place of their own.
        0x0300..=0x036f | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2069 | 0xfe00..=0xfe0f => 0.0,
        0xb7 => 400.0,
        0xa0..=0x24f => 850.0,
        0x370..=0x6ff => 900.0,
        0x2026 | 0x2190..=0x21ff => 1000.0,
        // Ideographs, Hangul, kana, full-width forms.
        0x1100..=0x11ff | 0x2e80..=0xd7ff | 0xf900..=0xfaff | 0xff00..=0xffef => 1050.0,
        _ => 1400.0,
    }
}

/// A text that is at most `widest` units wide: the middle of a longer one gives way to an ellipsis.
pub fn shorten(text: &str, font: Font, widest: f64) -> String {
    let text = visible(text);
    if width(&text, font) <= widest {
        return text;
    }
    let room = (widest - width("…", font)) * 1000.0 / font.size();
    let chars: Vec<char> = text.chars().collect();
    let (mut head, mut tail) = (0, chars.len());
    let mut used = 0.0;
    // Both ends say something: the namespace at the front, the item at the back.
    while head < tail {
        let from_front = head <= chars.len() - tail;
        let next = if from_front { chars[head] } else { chars[tail - 1] };
        used += char_width(next, font);
        if used > room {
            break;
        }
        if from_front { head += 1 } else { tail -= 1 }
    }
    chars[..head].iter().chain(&['…']).chain(&chars[tail..]).collect()
}

/// The text with line ends and control characters made visible, and marks of direction taken out, so that it stays one
/// line and cannot turn its surroundings around.
pub fn visible(text: &str) -> String {
    text.chars()
        .filter(
            |c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}'),
        )
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            _ if c.is_control() || is_not_xml(c) => '\u{fffd}',
            _ => c,
        })
        .collect()
}

/// Characters that no XML document may contain, not even escaped.
fn is_not_xml(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// For the content of an element or an attribute in double quotes, in XML and in HTML.
pub fn escape_xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ if is_not_xml(c) => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}

/// A number of bytes for people: `812 B`, `12.3 KiB`, `4.0 MiB`.
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if size < 1024 {
        return format!("{size} B");
    }
    // In tenths, rounded; integers, so that no machine rounds otherwise.
    let mut tenths = u128::from(size) * 10;
    let mut unit = 0;
    loop {
        let rounded = (tenths + 512) / 1024;
        if rounded < 10240 || unit + 1 == UNITS.len() {
            return format!("{}.{} {}", rounded / 10, rounded % 10, UNITS[unit]);
        }
        tenths /= 1024;
        unit += 1;
    }
}

/// `1 component`, `2 components`.
pub fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_loses_its_middle() {
        let short = shorten("wasi:http/incoming-handler-of-a-very-long-name", Font::Body, 150.0);
        assert!(short.starts_with("wasi:") && short.ends_with("name") && short.contains('…'), "{short}");
        assert!(width(&short, Font::Body) <= 150.0);
        assert_eq!(shorten("a", Font::Body, 150.0), "a");
        assert!(width(&shorten(&"x".repeat(4000), Font::Head, 200.0), Font::Head) <= 200.0);
    }

    #[test]
    fn nothing_breaks_a_line_or_turns_it_around() {
        assert_eq!(visible("a\nb\u{202e}c\u{0}"), "a bc\u{fffd}");
        assert_eq!(escape_xml("<a b=\"'&'\">\u{1}"), "&lt;a b=&quot;&#39;&amp;&#39;&quot;&gt;\u{fffd}");
    }

    #[test]
    fn sizes_are_rounded() {
        let shown = [0, 1023, 1024, 12_595, 1_048_575, 1_048_576, u64::MAX].map(bytes);
        assert_eq!(shown, ["0 B", "1023 B", "1.0 KiB", "12.3 KiB", "1.0 MiB", "1.0 MiB", "16777216.0 TiB"]);
    }
}
