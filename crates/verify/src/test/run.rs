//! A test, run.
//!
//! In: `Plan`. Out: `TestResult`: it passed, or where and why it failed, and what would make it pass.
//! Holds: a test ends at its first failure; while expectations are updated, a value that differs is none.

use std::time::{Duration, Instant};

use diag::{Diagnostic, Place};

use super::difference::{cut, differences};
use super::mock::Book;
use super::plan::{Plan, Planned, Shared};
use super::syntax::{CallStep, Expected, How, Name, Span, Stream};
use super::update::changes;
use super::{Edit, Mode, TestResult};
use crate::session::scope::has_handles;
use crate::session::{Called, Literal, Scope, Typed};
use crate::value::{Data, Value};

/// Of what a guest printed, the last bytes that a failure shows.
const MOST_OUTPUT: usize = 2000;

/// What keeps a test from passing.
pub(super) enum Failed {
    /// It ends here.
    Ends(Box<Diagnostic>),
    /// Another value stands there than expected.
    Differs(Box<Diagnostic>, Vec<Edit>),
}

impl Failed {
    pub(super) fn ends(diagnostic: Diagnostic) -> Self {
        Self::Ends(Box::new(diagnostic))
    }

    pub(super) fn differs(diagnostic: Diagnostic, edits: Vec<Edit>) -> Self {
        Self::Differs(Box::new(diagnostic), edits)
    }
}

/// A test while it runs.
pub(super) struct Running<'a, 's> {
    pub(super) shared: &'s Shared<'a>,
    pub(super) plan: Plan<'a>,
    scope: Scope,
}

/// Runs a test.
pub(crate) fn run<'a>(shared: &Shared<'a>, mut plan: Plan<'a>, mode: Mode) -> TestResult {
    let start = Instant::now();
    let steps = std::mem::take(&mut plan.steps);
    let name = plan.test.name.text.clone();
    let place = shared.file.place(&plan.test.name.span);
    let mut running = Running { shared, plan, scope: Scope::default() };
    let mut edits = Vec::new();
    let mut failure = None;
    if let Some(reason) = running.plan.unstarted.take() {
        return not_run(name, place, reason);
    }
    for step in &steps {
        match running.step(step) {
            Ok(()) => {}
            Err(Failed::Differs(_, found)) if mode == Mode::Update => edits.extend(found),
            Err(Failed::Ends(diagnostic) | Failed::Differs(diagnostic, _)) => {
                failure = Some(running.told(*diagnostic));
                break;
            }
        }
    }
    if failure.is_none() {
        failure = running.end().map(|diagnostic| running.told(diagnostic));
    }
    let (stdout, stderr) = (running.plan.stdout.contents(), running.plan.stderr.contents());
    TestResult { name, place, time: start.elapsed(), failure, stdout, stderr, edits }
}

/// A test of which an instance cannot start.
fn not_run(name: String, place: Place, reason: Diagnostic) -> TestResult {
    let (stdout, stderr) = (Vec::new(), Vec::new());
    TestResult { name, place, time: Duration::ZERO, failure: Some(reason), stdout, stderr, edits: Vec::new() }
}

impl Running<'_, '_> {
    fn step(&mut self, step: &Planned<'_>) -> Result<(), Failed> {
        match step {
            Planned::Call { step, session, typed, value } => self.call(step, *session, typed, value.as_ref()),
            Planned::Http { step, component, served, ask } => self.http(step, *component, served, ask),
            Planned::Stream { stream, span, how, text } => self.stream(*stream, span, *how, text),
            Planned::Calls { span, funcs, how, count, count_span } => {
                let count_of = |(component, interface, name): &(usize, Option<String>, String)| {
                    let book: &Book = &self.plan.books[*component];
                    book.calls(interface.as_deref(), name)
                };
                let found: u64 = funcs.iter().map(count_of).sum();
                self.compare_count(span, *how, *count, count_span, found)
            }
        }
    }

    fn call(&mut self, step: &CallStep, session: usize, typed: &Typed, value: Option<&Literal>) -> Result<(), Failed> {
        let called = self.plan.sessions[session].call(typed, &mut self.scope);
        match (&step.expected, called) {
            (_, Called::Failed(mut diagnostic)) => {
                diagnostic.headline = format!("`{}`: {}", self.plan.test.name.text, diagnostic.headline);
                Err(Failed::ends(diagnostic))
            }
            (Expected::Traps(text), Called::Trapped { reason, diagnostic }) => {
                self.trapped(step, text, &reason, diagnostic)
            }
            (_, Called::Trapped { reason, diagnostic }) => {
                Err(Failed::ends(self.unwanted_trap(step, &reason, diagnostic)))
            }
            (Expected::Exits(status), Called::Exited(found)) if *status == found => Ok(()),
            (Expected::Exits(status), Called::Exited(found)) => {
                let what = format!("exited with {found}, not {status}");
                Err(Failed::ends(self.ended_otherwise(step, "test/exit", &what, &format!("the status is {found}"))))
            }
            (_, Called::Exited(found)) => {
                let what = format!("exited with {found}");
                let diagnostic = self.ended_otherwise(step, "test/exit", &what, "it was to return");
                let help = format!("mend the component, or expect it: `{} exits {found};`", self.written(step));
                Err(Failed::ends(diagnostic.help(help)))
            }
            (Expected::Traps(_), called) => {
                let label = returned(&called);
                Err(Failed::ends(self.ended_otherwise(step, "test/no-trap", "did not trap", &label)))
            }
            (Expected::Exits(_), called) => {
                let label = returned(&called);
                Err(Failed::ends(self.ended_otherwise(step, "test/exit", "did not exit", &label)))
            }
            (Expected::Returns, Called::Value(Value { data: Data::Result(Err(payload)), .. })) => {
                let found = Data::Result(Err(payload)).to_string();
                let (found, _) = cut(&found, "err(");
                let diagnostic = self.ended_otherwise(step, "test/err", "gave an error", &format!("it gave `{found}`"));
                Err(Failed::ends(diagnostic.help(format!("expect it: `{} == {found};`", self.written(step)))))
            }
            (Expected::Returns, Called::Value(_) | Called::Nothing) => Ok(()),
            (Expected::Equal(wave) | Expected::Unequal(wave), called) => {
                let found = match called {
                    Called::Value(value) => value,
                    // Typing has refused what has no value.
                    Called::Nothing | Called::Exited(_) | Called::Trapped { .. } | Called::Failed(_) => return Ok(()),
                };
                let Some(literal) = value else { return Ok(()) };
                let expected = literal.read(&found.ty, &mut self.scope);
                let expected = expected.map_err(|mut mistakes| Failed::ends(mistakes.swap_remove(0)))?;
                match step.expected {
                    Expected::Unequal(_) if expected != found => Ok(()),
                    Expected::Unequal(_) => Err(Failed::ends(self.equal(step, &wave.span, &found.to_string()))),
                    Expected::Equal(_) | Expected::Returns | Expected::Traps(_) | Expected::Exits(_) => {
                        self.compare(step, &wave.span, literal, &expected, &found)
                    }
                }
            }
        }
    }

    fn compare(
        &self,
        step: &CallStep,
        span: &Span,
        literal: &Literal,
        expected: &Value,
        found: &Value,
    ) -> Result<(), Failed> {
        if expected == found {
            return Ok(());
        }
        let headline = format!("{} gave another value", self.named(step));
        let mut diagnostic = diag::error("test/not-equal", headline);
        let all = differences(&expected.data, &found.data, &literal.node, &literal.written.text);
        for one in &all {
            let place = self.shared.file.place(&(one.span.start + span.start..one.span.end + span.start));
            let text = match one.path.as_str() {
                "" => format!("expected `{}`, found `{}`", one.expected, one.found),
                path => format!("expected `{}`, found `{}`: {path}", one.expected, one.found),
            };
            diagnostic = diagnostic.label(place, text);
        }
        let whole = found.to_string();
        if all.first().is_some_and(|first| !first.path.is_empty()) {
            let (_, shown) = cut(&expected.to_string(), &whole);
            diagnostic = diagnostic.label(self.shared.file.place(&step.call), format!("gave `{shown}`"));
        }
        let diagnostic = diagnostic.help("mend the component, or write what was found with `--update`");
        if has_handles(&found.ty.ty) {
            return Err(Failed::ends(diagnostic));
        }
        let changes = changes(&expected.data, &found.data, &literal.node, &literal.written.text);
        let in_file = |part: Span| part.start + span.start..part.end + span.start;
        let edits = changes.into_iter().map(|(part, text)| Edit { span: in_file(part), text });
        Err(Failed::differs(diagnostic, edits.collect()))
    }

    fn equal(&self, step: &CallStep, span: &Span, found: &str) -> Diagnostic {
        let (found, _) = cut(found, "");
        diag::error("test/equal", format!("{} gave the value that it must not", self.named(step)))
            .label(self.shared.file.place(span), format!("found `{found}`"))
            .help("mend the component, or expect the value with `==`")
    }

    fn trapped(
        &self,
        step: &CallStep,
        text: &Option<Name>,
        reason: &str,
        diagnostic: Diagnostic,
    ) -> Result<(), Failed> {
        if diagnostic.code.0 == "run/timeout" {
            return Err(Failed::ends(self.unwanted_trap(step, reason, diagnostic)));
        }
        let said = if diagnostic.code.0 == "run/trap" { reason } else { &diagnostic.headline };
        match text {
            Some(text) if !said.contains(&text.text) && !reason.contains(&text.text) => {
                let headline = format!("{} trapped for another reason", self.named(step));
                let found = diag::error("test/other-trap", headline)
                    .label(self.shared.file.place(&text.span), format!("the reason is `{said}`"))
                    .help("mend the component, or write a part of this reason");
                Err(Failed::ends(frames(found, diagnostic)))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn unwanted_trap(&self, step: &CallStep, reason: &str, diagnostic: Diagnostic) -> Diagnostic {
        let is_trap = diagnostic.code.0 == "run/trap";
        let headline = match is_trap {
            true => format!("{} trapped: {reason}", self.named(step)),
            false => format!("{}: {}", self.named(step), diagnostic.headline),
        };
        let told = if is_trap { "this call trapped" } else { "the limit was reached in this call" };
        let found = diag::error("test/trapped", headline).label(self.shared.file.place(&step.call), told);
        let found = match diagnostic.code.0 {
            "run/trap" => found.help(format!("mend the component, or expect it: `{} traps;`", self.written(step))),
            "run/timeout" => found.help("give it more time, with `limit timeout \"60s\";` in the test"),
            _ => found.help("allow more, with `limit` in the test"),
        };
        frames(found, diagnostic)
    }

    fn ended_otherwise(&self, step: &CallStep, code: &'static str, what: &str, label: &str) -> Diagnostic {
        diag::error(code, format!("{} {what}", self.named(step)))
            .label(self.shared.file.place(&step.call), label)
            .help("mend the component, or expect what it does")
    }

    fn stream(&self, stream: Stream, span: &Span, how: How, text: &Name) -> Result<(), Failed> {
        let bytes = match stream {
            Stream::Stdout => self.plan.stdout.contents(),
            Stream::Stderr => self.plan.stderr.contents(),
        };
        let found = String::from_utf8_lossy(&bytes);
        let holds = match how {
            How::Equal => found == text.text,
            How::Unequal => found != text.text,
            How::Contains => found.contains(&text.text),
        };
        if holds {
            return Ok(());
        }
        let (name, test) = (stream.name(), &self.plan.test.name.text);
        let printed = Data::String(found.clone().into_owned()).to_string();
        let expected = Data::String(text.text.clone()).to_string();
        let place = self.shared.file.place(&text.span);
        match how {
            How::Equal => {
                let (expected, shown) = cut(&expected, &printed);
                let diagnostic = diag::error("test/not-equal", format!("`{test}`: another text stands on {name}"))
                    .label(place, format!("expected `{expected}`, found `{shown}`"))
                    .help("mend the component, or write what was found with `--update`");
                Err(Failed::differs(diagnostic, vec![Edit { span: text.span.clone(), text: printed }]))
            }
            How::Unequal => Err(Failed::ends(
                diag::error("test/equal", format!("`{test}`: the text stands on {name} that must not"))
                    .label(self.shared.file.place(span), "just this was printed")
                    .help("mend the component, or expect the text with `==`"),
            )),
            How::Contains => {
                let (shown, _) = cut(&printed, "");
                Err(Failed::ends(
                    diag::error("test/not-equal", format!("`{test}`: the text does not stand on {name}"))
                        .label(place, format!("printed so far: `{shown}`"))
                        .help("mend the component, or expect what it prints"),
                ))
            }
        }
    }

    fn compare_count(&self, span: &Span, how: How, count: u64, count_span: &Span, found: u64) -> Result<(), Failed> {
        let test = &self.plan.test.name.text;
        match how {
            How::Unequal if found != count => Ok(()),
            How::Unequal => Err(Failed::ends(
                diag::error("test/equal", format!("`{test}`: the mock was called as often as it must not be"))
                    .label(self.shared.file.place(span), format!("called {found} times"))
                    .help("mend the component, or expect the number with `==`"),
            )),
            How::Equal | How::Contains if found == count => Ok(()),
            How::Equal | How::Contains => {
                let diagnostic =
                    diag::error("test/not-equal", format!("`{test}`: the mock was not called {count} times"))
                        .label(self.shared.file.place(count_span), format!("expected `{count}`, found `{found}`"))
                        .help("mend the component, or write what was found with `--update`");
                Err(Failed::differs(diagnostic, vec![Edit { span: count_span.clone(), text: found.to_string() }]))
            }
        }
    }

    /// Drops what is left, so that destructors run; one that traps fails the test.
    fn end(&mut self) -> Option<Diagnostic> {
        for session in &mut self.plan.sessions {
            if let Called::Trapped { reason, diagnostic } = session.end(&mut self.scope) {
                let test = &self.plan.test.name;
                let found =
                    diag::error("test/trapped", format!("`{}`: the end of the test trapped: {reason}", test.text))
                        .label(self.shared.file.place(&test.span), "its handles are dropped behind its last statement")
                        .help("mend the destructor of the resource");
                return Some(frames(found, diagnostic));
            }
        }
        None
    }

    /// A failure with what the guest has printed.
    fn told(&self, diagnostic: Diagnostic) -> Diagnostic {
        let mut found = self.plan.pieces.in_file(self.shared.file, diagnostic);
        for (name, bytes) in [("stdout", self.plan.stdout.contents()), ("stderr", self.plan.stderr.contents())] {
            if !bytes.is_empty() {
                let start = bytes.len().saturating_sub(MOST_OUTPUT);
                let text = String::from_utf8_lossy(&bytes[start..]).trim_end().to_owned();
                let before = if start > 0 { "\u{2026}" } else { "" };
                found = found.label(Place::file(format!("<{name}>")), format!("{before}{text}"));
            }
        }
        found
    }

    /// `` `adds`: `add(1, 2)` ``.
    fn named(&self, step: &CallStep) -> String {
        let (call, _) = cut(self.text(&step.call), "");
        format!("`{}`: `{call}`", self.plan.test.name.text)
    }

    /// The call with the name of its instance, as a statement has it.
    fn written(&self, step: &CallStep) -> String {
        let call = self.text(&step.call);
        step.instance.as_ref().map_or_else(|| call.to_owned(), |instance| format!("{}::{call}", instance.text))
    }

    fn text(&self, span: &Span) -> &str {
        self.shared.file.text(span)
    }
}

/// What a call gave, in words.
fn returned(called: &Called) -> String {
    match called {
        Called::Value(value) => format!("it gave `{}`", cut(&value.to_string(), "").0),
        Called::Nothing | Called::Exited(_) | Called::Trapped { .. } | Called::Failed(_) => "it returned".to_owned(),
    }
}

/// A finding with the functions that a trap went through, which stand in a binary.
pub(super) fn frames(mut found: Diagnostic, trap: Diagnostic) -> Diagnostic {
    let frames = trap.labels.into_iter().filter(|label| matches!(label.place, Place::Binary { .. }));
    found.labels.extend(frames);
    found
}
