//! Markdown: one sentence per line, and no dead relative link.
//!
//! In: all `.md` files; whether a path exists. Out: lines with two sentences, sentences over two lines, dead links.
//! Holds: code blocks, tables and headings are not prose.

use super::{Finding, TextFile};

pub fn check(files: &[TextFile], exists: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let pages = files.iter().filter(|file| file.path.ends_with(".md") && !file.path.starts_with("fixtures/"));
    pages.flat_map(|page| check_page(page, exists)).collect()
}

fn check_page(page: &TextFile, exists: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut fence: Option<&str> = None;
    let mut before = "";
    for (index, line) in page.text.lines().enumerate() {
        let mut say = |what: String| findings.push(format!("{}:{}: {what}", page.path, index + 1));
        if let Some(open) = fence {
            if line.trim() == open {
                fence = None;
            }
            continue;
        }
        fence = fence_of(line);
        if fence.is_some() {
            before = "";
            continue;
        }
        for link in links(line).filter(|link| is_dead(&page.path, link, exists)) {
            say(format!("the link `{link}` leads nowhere"));
        }
        let prose = prose(line);
        if prose.is_some_and(has_second_sentence) {
            say("two sentences on a line".to_owned());
        }
        if is_broken(before, line) {
            say("a sentence over two lines".to_owned());
        }
        before = if prose.is_some() { line } else { "" };
    }
    findings
}

/// The fence that a line opens: three or more backticks.
fn fence_of(line: &str) -> Option<&str> {
    let start = line.trim_start();
    let ticks = start.len() - start.trim_start_matches('`').len();
    (ticks >= 3).then(|| &start[..ticks])
}

/// A line's prose, without the marker of a list; `None` for headings, tables and empty lines.
fn prose(line: &str) -> Option<&str> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') || line.starts_with('|') || line.starts_with('<') {
        return None;
    }
    Some(item(line).unwrap_or(line))
}

/// What follows the marker of a list.
fn item(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if let Some(rest) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some(rest);
    }
    let (number, rest) = line.split_once(". ")?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(rest)
}

fn has_second_sentence(prose: &str) -> bool {
    let text = without_code(prose);
    let ends = text.match_indices(['.', '!', '?']).filter(|(at, _)| {
        let (head, tail) = text.split_at(at + 1);
        let is_abbreviation = ["e.g.", "i.e.", "etc.", "vs."].iter().any(|known| head.ends_with(known));
        let tail = tail.strip_prefix(')').unwrap_or(tail);
        let next = tail.strip_prefix(' ').and_then(|rest| rest.chars().next());
        !is_abbreviation && next.is_some_and(|next| next.is_uppercase() || next == '`')
    });
    ends.count() > 0
}

/// The text with what stands between backticks emptied, since a dot in code ends no sentence.
fn without_code(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 0 { part.to_owned() } else { "``".to_owned() }).collect()
}

/// Whether `line` goes on with the sentence of the line before it.
fn is_broken(before: &str, line: &str) -> bool {
    let starts_low = item(line).is_none() && line.trim_start().starts_with(|first: char| first.is_lowercase());
    let ends_open = !before.is_empty() && !before.trim_end().ends_with(['.', '!', '?', ':', ';', '|']);
    starts_low && ends_open
}

/// The targets of `[text](target)` in a line, outside of code.
fn links(line: &str) -> impl Iterator<Item = String> {
    let text = without_code(line);
    let parts: Vec<String> =
        text.split("](").skip(1).filter_map(|part| Some(part.split_once(')')?.0.to_owned())).collect();
    parts.into_iter()
}

fn is_dead(page: &str, link: &str, exists: &dyn Fn(&str) -> bool) -> bool {
    let path = link.split('#').next().unwrap_or("");
    if path.is_empty() || link.contains("://") || link.starts_with("mailto:") {
        return false;
    }
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    !exists(&if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<Finding> {
        check(&[TextFile::new("docs/a.md", text)], &|path| path == "docs/there.md")
    }

    #[test]
    fn two_sentences_on_a_line_are_found() {
        assert_eq!(findings("One. Two.\n"), ["docs/a.md:1: two sentences on a line"]);
        assert_eq!(findings("1. One sentence, e.g. This, with `a. B`.\n\n- Another.\n"), Vec::<Finding>::new());
        assert_eq!(findings("```text\nOne. Two.\n```\n| One. Two. |\n"), Vec::<Finding>::new());
    }

    #[test]
    fn a_sentence_over_two_lines_is_found() {
        assert_eq!(findings("It goes\non here.\n"), ["docs/a.md:2: a sentence over two lines"]);
        assert_eq!(findings("It ends.\nAnother one:\nlike this.\n"), Vec::<Finding>::new());
    }

    #[test]
    fn a_dead_link_is_found() {
        assert_eq!(findings("See [there](there.md#x) and [web](https://example.com).\n"), Vec::<Finding>::new());
        assert_eq!(findings("See [it](gone.md).\n"), ["docs/a.md:1: the link `gone.md` leads nowhere"]);
    }
}
