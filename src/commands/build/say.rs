//! What is said of a build: as it goes on, and at its end.

use std::time::Duration;

use ::project::Manifest;
use ::project::plan::{Plan, Step, Work};
use diag::{Diagnostic, Severity};
use indexmap::IndexMap;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::site::{Came, Outcome};
use super::{Done, Told};
use crate::Io;
use crate::cli::Format;
use crate::commands::inspect::table;

/// What was told already: a mistake in what several steps read is told once.
#[derive(Default)]
pub(crate) struct Known(Vec<(Diagnostic, String)>);

impl Known {
    /// What was not told before, and the step with which the first error was told that was.
    pub fn new_of(&mut self, step: &str, findings: &[Diagnostic]) -> (Vec<Diagnostic>, Option<String>) {
        let (mut new, mut with) = (Vec::new(), None);
        for one in findings {
            match self.0.iter().find(|(known, _)| known == one) {
                Some((_, by)) if by != step && one.severity == Severity::Error => with = with.or(Some(by.clone())),
                Some(_) => {}
                None => {
                    self.0.push((one.clone(), step.to_owned()));
                    new.push(one.clone());
                }
            }
        }
        (new, with)
    }
}

/// Tells what happens while steps run.
pub struct Teller<'i> {
    io: &'i mut Io,
    width: usize,
    told: Told,
    known: Known,
    /// What is being made, on a terminal.
    bars: Option<(MultiProgress, IndexMap<String, ProgressBar>)>,
}

impl<'i> Teller<'i> {
    pub fn new(plan: &Plan, told: Told, io: &'i mut Io) -> Self {
        let width = plan.steps.iter().map(|step| step.name.len()).max().unwrap_or(0);
        // What is no terminal gets lines alone.
        let shows = io.terminals.stderr && io.is_process() && speaks(io);
        let bars = shows.then(|| (MultiProgress::new(), IndexMap::new()));
        Self { io, width, told, known: Known::default(), bars }
    }

    pub fn began(&mut self, step: &Step) {
        let Some((all, bars)) = &mut self.bars else { return };
        let bar = all.add(ProgressBar::new_spinner());
        let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.set_message(step.name.clone());
        bar.enable_steady_tick(Duration::from_millis(100));
        bars.insert(step.name.clone(), bar);
    }

    /// What compilers said passes as it is; then what was found, and how the step ended.
    pub fn ended(&mut self, step: &Step, outcome: &Outcome) {
        let bars = self.bars.take();
        if let Some((_, bars)) = &bars
            && let Some(bar) = bars.get(&step.name)
        {
            bar.finish_and_clear();
        }
        match &bars {
            Some((all, _)) => all.suspend(|| self.tell(step, outcome)),
            None => self.tell(step, outcome),
        }
        self.bars = bars;
    }

    fn tell(&mut self, step: &Step, outcome: &Outcome) {
        // There is nobody to tell that standard error is closed.
        let _ = self.io.stderr.write(&outcome.said);
        let (findings, with) = self.known.new_of(&step.name, &outcome.findings);
        self.io.report_all(findings);
        if let Some(line) = line(step, outcome, with.as_deref(), self.width)
            && self.told == Told::All
            && speaks(self.io)
        {
            self.io.print(&line);
        }
    }
}

fn speaks(io: &Io) -> bool {
    !io.quiet && io.format != Format::Json
}

/// One line of a step; what is as it was needs none.
fn line(step: &Step, outcome: &Outcome, with: Option<&str>, width: usize) -> Option<String> {
    let what = match (&outcome.came, step.work) {
        (Came::Fresh, _) => return None,
        (Came::Made(why), Work::Component) => format!("built: {why}"),
        (Came::Made(why), Work::Compose) => format!("composed: {why}"),
        (Came::Made(why), Work::Copy) => format!("made: {why}"),
        (Came::Made(why), Work::Js) => format!("made: {why}"),
        (Came::Failed, _) => match with {
            Some(other) => format!("failed, as {other} did"),
            None => "failed".to_owned(),
        },
        (Came::Skipped(needed), _) => format!("not made: it needs {needed}"),
    };
    Some(format!("{:width$}  {what}\n", step.name))
}

/// What is there at the end; `as_it_was` is said if nothing had to be made.
pub fn report(manifest: &Manifest, done: &Done, as_it_was: &str, io: &mut Io) {
    io.set_result(result(manifest, done));
    if !speaks(io) {
        return;
    }
    let count = |is: fn(&Came) -> bool| done.outcomes.iter().filter(|outcome| is(&outcome.came)).count();
    let (fresh, failed) = (count(|came| *came == Came::Fresh), count(|came| *came == Came::Failed));
    if done.plan.steps.is_empty() {
        io.print("nothing to build: the manifest has no components\n");
        return;
    }
    if failed > 0 {
        return;
    }
    if fresh == done.outcomes.len() {
        io.print(&format!("{as_it_was}\n"));
    }
    let app = done.plan.steps.iter().zip(&done.outcomes).find(|(step, _)| step.name == manifest.app_name());
    if let Some((step, outcome)) = app {
        io.print(&format!("{}: {}\n", site_path(manifest, step, io).display(), table::bytes(bytes(outcome))));
    }
}

fn bytes(outcome: &Outcome) -> u64 {
    outcome.outputs.values().map(|entry| entry.size).sum()
}

fn result(manifest: &Manifest, done: &Done) -> Value {
    let steps = done.plan.steps.iter().zip(&done.outcomes);
    let of = |(step, outcome): (&Step, &Outcome)| {
        let (state, why) = match &outcome.came {
            Came::Made(why) => ("built", Some(why.to_string())),
            Came::Fresh => ("fresh", None),
            Came::Failed => ("failed", None),
            Came::Skipped(needed) => ("skipped", Some(format!("it needs {needed}"))),
        };
        let kind = match step.work {
            Work::Component => "component",
            Work::Compose | Work::Copy => "app",
            Work::Js => "js",
        };
        let sha256 = outcome.outputs.values().next().filter(|_| step.work != Work::Js).map(|entry| &entry.sha256);
        json!({
            "name": step.name,
            "kind": kind,
            "path": step.output.display().to_string(),
            "bytes": bytes(outcome),
            "sha256": sha256,
            "state": state,
            "why": why,
        })
    };
    json!({
        "app": manifest.has_app().then(|| manifest.output_of(manifest.app_name()).display().to_string()),
        "folder": manifest.root.display().to_string(),
        "outputs": steps.map(of).collect::<Vec<_>>(),
    })
}

/// Where an output is, as the user sees it.
fn site_path(manifest: &Manifest, step: &Step, io: &Io) -> std::path::PathBuf {
    ::project::find::seen_from(&manifest.root.join(&step.output), &io.current_folder()).into()
}
