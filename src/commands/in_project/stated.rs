//! Findings of a run that are about what the manifest says.
//!
//! In: a finding whose help names a flag. Out: the same with the place in the manifest, and its key as the help.

use ::project::Manifest;
use ::project::plan::Named;
use diag::{Diagnostic, Diagnostics, Label, Place};

use crate::cli::LimitArgs;

/// Where the manifest says what does not come from flags.
#[derive(Debug, Default)]
pub struct Stated {
    /// Texts as findings name them.
    dirs: Vec<(String, Place)>,
    limits: Vec<Limit>,
    /// What to do about imports that stay open, where the app is composed.
    open: Option<(Place, String)>,
}

#[derive(Debug)]
struct Limit {
    /// Of the finding that it was reached.
    code: &'static str,
    /// Of the manifest, and of the flag.
    key: &'static str,
    place: Place,
}

impl Stated {
    /// `name` is what runs. Limits that flags say as well are the flags'.
    pub fn of(manifest: &Manifest, name: &str, flags: &LimitArgs) -> Self {
        let dirs = manifest.grants.dir.iter().filter_map(|text| {
            let grant = verify::grants::parse_dir(&text.value).ok()?;
            Some((grant.shown, manifest.place(&text.span)))
        });
        let of = &manifest.limits;
        let fuel = of.fuel.as_ref().filter(|_| flags.fuel.is_none()).map(|at| &at.span);
        let timeout = of.timeout.as_ref().filter(|_| flags.timeout.is_none()).map(|at| &at.span);
        let memory = of.memory.as_ref().filter(|_| flags.memory.is_none()).map(|at| &at.span);
        let limits = [("run/fuel-limit", "fuel", fuel), ("run/timeout", "timeout", timeout)]
            .into_iter()
            .chain([("run/memory-limit", "memory", memory)])
            .filter_map(|(code, key, span)| Some(Limit { code, key, place: manifest.place(span?) }));
        let open = if name == manifest.app_name() { open(manifest) } else { None };
        Self { dirs: dirs.collect(), limits: limits.collect(), open }
    }

    pub fn all(&self, Diagnostics(found): Diagnostics) -> Diagnostics {
        Diagnostics(found.into_iter().map(|one| self.said(one)).collect())
    }

    /// The finding as one about the manifest, if it is.
    pub fn said(&self, mut one: Diagnostic) -> Diagnostic {
        if let Some(limit) = self.limits.iter().find(|limit| limit.code == one.code.0) {
            let flag = format!("`--{} ", limit.key);
            let more = one.help.as_deref().and_then(|help| help.split_once(&flag)?.1.split_once('`'));
            let Some((more, _)) = more else { return one };
            let more = if limit.key == "fuel" { more.to_owned() } else { format!("\"{more}\"") };
            let help = format!("allow more with `{} = {more}` in `[limits]`", limit.key);
            return one.label(limit.place.clone(), "the limit").help(help);
        }
        // What WASI is to provide, no component of a project does.
        if let (Some((place, help)), "run/unmet-import") = (&self.open, one.code.0)
            && !one.headline.contains("`wasi:")
        {
            return one.label(place.clone(), "what the app is made of").help(help);
        }
        let dir = self.dirs.iter().find(|(shown, _)| one.about.as_deref() == Some(shown.as_str()));
        let Some((shown, place)) = dir.filter(|_| one.code.0 == "run/missing-dir") else { return one };
        one.labels.insert(0, Label { place: place.clone(), text: "granted here".to_owned() });
        one.help(format!("make the folder, or take `\"{shown}\"` out of `dir` in `[grants]`"))
    }
}

/// Where it says what the app is made of, and what to add there.
fn open(manifest: &Manifest) -> Option<(Place, String)> {
    let Named { key, span, left } = manifest.named()?;
    let names: Vec<String> = left.iter().map(|(name, _)| format!("`\"{name}\"`")).collect();
    let help = match names.as_slice() {
        [] => format!("add a component that exports it, and its name to `{key}`"),
        [one] => format!("add {one} to `{key}`"),
        several => format!("add the one that exports it to `{key}`: {}", several.join(", ")),
    };
    Some((manifest.place(&span), help))
}
