//! Our findings in order, and with them what wit-parser says.
//!
//! In: diagnostics. Out: sorted by file and place, none twice; a refusal of wit-parser is added where nothing of ours
//! stands, so that nothing that it says is lost.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use diag::{Diagnostic, Place};

use crate::syntax::Tree;

/// Sorts by file and place. Of two that have one code and begin at one place the first is kept.
pub(super) fn in_order(found: Vec<Diagnostic>, groups: &[Vec<Tree>]) -> Vec<Diagnostic> {
    let names = groups.iter().flatten().map(|tree| tree.source.name.as_str());
    let order: HashMap<&str, usize> = names.enumerate().map(|(at, name)| (name, at)).collect();
    let mut keyed: Vec<((usize, usize), Diagnostic)> = Vec::with_capacity(found.len());
    for one in found {
        let key =
            start(&one).map_or((usize::MAX, 0), |(file, at)| (order.get(file).copied().unwrap_or(usize::MAX), at));
        keyed.push((key, one));
    }
    keyed.sort_by_key(|(key, _)| *key);
    let keywords = keywords(&keyed);
    keyed.retain(|(key, one)| keywords.get(key).is_none_or(|near| *near == is_near_miss(one)));
    let mut seen = HashSet::new();
    keyed.retain(|(key, one)| key.0 == usize::MAX || seen.insert((*key, one.code)));
    without_echoes(keyed.into_iter().map(|(_, one)| one).collect())
}

/// A word that is no name is also not declared, and a version that is none is not there: of the two, one is told,
/// which is the one that names what was meant.
fn without_echoes(mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let spelling = |one: &Diagnostic| ["wit/name", "wit/invalid-version"].contains(&one.code.0);
    let near = |one: &Diagnostic| one.help.as_ref().is_some_and(|help| help.starts_with("did you mean"));
    let mut echoes = HashSet::new();
    for (at, one) in found.iter().enumerate().filter(|(_, one)| is_unknown(one)) {
        let Some((file, span)) = text_of(one) else { continue };
        // All stand in the order of the text, so what stands in this one stands beside it.
        let inside = |(_, other): &(usize, &Diagnostic)| {
            text_of(other).is_some_and(|(other, own)| other == file && own.start >= span.start && own.start < span.end)
        };
        let before = found.iter().enumerate().take(at).rev().take_while(inside);
        let after = found.iter().enumerate().skip(at + 1).take_while(inside);
        if let Some((other, _)) = before.chain(after).find(|(_, one)| spelling(one)) {
            echoes.insert(if near(one) { other } else { at });
        }
    }
    let mut at = 0;
    found.retain(|_| {
        at += 1;
        !echoes.contains(&(at - 1))
    });
    found
}

/// The file and the range of the first label.
fn text_of(one: &Diagnostic) -> Option<(&str, &Range<usize>)> {
    match &one.labels.first()?.place {
        Place::Text { source, span } => Some((&source.name, span)),
        Place::Binary { .. } | Place::File { .. } => None,
    }
}

/// Where a keyword stands in place of a name that is not known either, and whether a near miss is known:
/// then only one of the two is told.
fn keywords(sorted: &[((usize, usize), Diagnostic)]) -> HashMap<(usize, usize), bool> {
    let at_one_place = sorted.chunk_by(|(key, _), (next, _)| key == next).filter(|chunk| chunk.len() > 1);
    let both = at_one_place.filter(|chunk| {
        chunk.iter().any(|(_, one)| one.code.0 == "wit/syntax") && chunk.iter().any(|(_, one)| is_unknown(one))
    });
    both.map(|chunk| (chunk[0].0, chunk.iter().any(|(_, one)| is_unknown(one) && is_near_miss(one)))).collect()
}

/// Whether a name is told that leads nowhere.
fn is_unknown(one: &Diagnostic) -> bool {
    one.code.0.strip_prefix("wit/").is_some_and(|name| name.starts_with("unknown-"))
}

fn is_near_miss(one: &Diagnostic) -> bool {
    is_unknown(one) && one.help.as_ref().is_some_and(|help| help.starts_with("did you mean"))
}

/// The file and the offset of the first label.
fn start(one: &Diagnostic) -> Option<(&str, usize)> {
    match &one.labels.first()?.place {
        Place::Text { source, span } => Some((&source.name, span.start)),
        Place::Binary { .. } | Place::File { .. } => None,
    }
}

/// Ours, and those refusals of wit-parser that ours do not cover. Without any of ours, the refusals alone.
pub(crate) fn with_refusals(mut ours: Vec<Diagnostic>, refusals: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if ours.is_empty() {
        return refusals;
    }
    // Two packages in one folder: what one has the other has not, and what both have is no duplicate.
    let (mut causes, mut refusals): (Vec<_>, Vec<_>) =
        refusals.into_iter().partition(|one| one.code.0 == "wit/conflicting-package");
    if !causes.is_empty() {
        let of_package = |one: &Diagnostic| {
            let unknown = ["wit/unknown-interface", "wit/unknown-world"].contains(&one.code.0) && !is_near_miss(one);
            let twice = one.code.0 == "wit/duplicate"
                && ["interface ", "world "].iter().any(|kind| one.headline.starts_with(kind));
            unknown || twice
        };
        ours.retain(|one| !of_package(one));
        refusals.retain(|one| !of_package(one));
    }
    let new: Vec<Diagnostic> = refusals.into_iter().filter(|one| !is_covered(one, &ours)).collect();
    for one in new {
        let at = position(&one, &ours);
        ours.insert(at, one);
    }
    causes.append(&mut ours);
    causes
}

/// Where a refusal stands among ours: in its file by its place, otherwise at the end.
fn position(refusal: &Diagnostic, ours: &[Diagnostic]) -> usize {
    let Some((file, at)) = start(refusal) else { return ours.len() };
    let later = |one: &Diagnostic| start(one).is_some_and(|(other, place)| other == file && place > at);
    let in_file = |one: &Diagnostic| start(one).is_some_and(|(other, _)| other == file);
    let next = ours.iter().position(later);
    next.or_else(|| Some(ours.iter().rposition(in_file)? + 1)).unwrap_or(ours.len())
}

/// Mistakes that wit-parser tells at another place than we do.
const ELSEWHERE: [&str; 9] = [
    "wit/cycle",
    "wit/package-cycle",
    "wit/duplicate-package",
    "wit/missing-package",
    "wit/returned-borrow",
    "wit/split-dependency",
    "wit/feature-gate",
    "wit/accessor",
    "wit/unknown-item",
];

fn is_covered(refusal: &Diagnostic, ours: &[Diagnostic]) -> bool {
    if ELSEWHERE.contains(&refusal.code.0) && ours.iter().any(|one| one.code == refusal.code) {
        return true;
    }
    // Of names that clash by an `include`, wit-parser knows no place but the whole world's.
    let twice = refusal.headline.split('`').nth(1).filter(|_| refusal.code.0 == "wit/duplicate");
    let same_name = |one: &Diagnostic| one.code == refusal.code && one.headline.split('`').nth(1) == twice;
    if twice.is_some() && ours.iter().any(same_name) {
        return true;
    }
    // What is not known only because its declaration or its `use` is misspelt.
    let name = refusal.headline.split('`').nth(1).filter(|_| is_unknown(refusal));
    let meant = name.map(|name| [format!("did you mean `{name}`?"), format!("write `{name}`")]);
    if meant.is_some_and(|meant| ours.iter().any(|one| one.help.as_ref().is_some_and(|help| meant.contains(help)))) {
        return true;
    }
    let Some(Place::Text { source, span }) = refusal.labels.first().map(|label| &label.place) else {
        // What wit-parser stumbles over without a word is among ours.
        return refusal.code.0 == "wit/invalid"
            || ours.iter().any(|one| one.code == refusal.code && one.labels.first() == refusal.labels.first());
    };
    let line = line_of(&source.text, span);
    ours.iter().any(|one| {
        let in_line = |place: &Place| {
            matches!(place, Place::Text { source: other, span } if other.name == source.name
            && span.start <= line.end && span.end >= line.start)
        };
        // wit-parser reads on until something does not fit, and ends there: what we found before is the reason.
        let before = |place: &Place| {
            matches!(place, Place::Text { source: other, span: own } if other.name == source.name
            && own.start <= span.start)
        };
        one.labels.iter().any(|label| in_line(&label.place))
            || (refusal.code.0 == "wit/syntax" && one.labels.first().is_some_and(|label| before(&label.place)))
    })
}

/// The lines that a span stands in.
fn line_of(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = text.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let end = text.get(span.end..).and_then(|after| after.find('\n')).map_or(text.len(), |at| span.end + at);
    start..end
}
