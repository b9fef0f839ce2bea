//! A request in a test, and what it was answered with.
//!
//! In: `HttpStep`, its component. Out: nothing, or where and how the answer differs.
//! Holds: each request has an instance of its own, as with `withe serve`; of an answer no more than `MOST` is kept.

use super::Edit;
use super::difference::cut;
use super::run::{Failed, Running, frames};
use super::syntax::{ExpectedAnswer, How, HttpStep};
use crate::serve::{Ask, Part, Served};
use crate::value::Data;

/// Of an answer's body, bytes.
const MOST: usize = 16 << 20;

/// What came back.
#[derive(Default)]
struct Answer {
    status: u16,
    body: Vec<u8>,
}

impl Running<'_, '_> {
    pub(super) fn http(&mut self, step: &HttpStep, component: usize, served: &Served, ask: &Ask) -> Result<(), Failed> {
        let setup = self.plan.setup(component);
        let request = self.shared.loaded[component].program.request(&setup);
        let mut answer = Answer::default();
        let found = served.ask(&request, setup.mocks, ask.clone(), |part| match part {
            Part::Head(status, _) => answer.status = status.as_u16(),
            Part::Data(bytes) => {
                let room = MOST - answer.body.len();
                answer.body.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
            Part::Trailers(_) => {}
        });
        // What keeps an instance from starting was found before the test began, but a folder may be gone since.
        let found = found.unwrap_or_else(|diag::Diagnostics(found)| found);
        if let Some(error) = found.into_iter().find(|one| one.severity == diag::Severity::Error) {
            let found = diag::error("test/trapped", format!("{}: {}", self.asked(step), error.headline))
                .label(self.shared.file.place(&step.span), "it has no answer of its own");
            let found = found.help(match error.code.0 {
                "run/timeout" => "give it more time, with `limit timeout \"60s\";` in the test",
                "run/fuel-limit" | "run/memory-limit" => "allow more, with `limit` in the test",
                _ => "mend the component",
            });
            return Err(Failed::ends(frames(found, error)));
        }
        self.compare_answer(step, &answer)
    }

    fn compare_answer(&self, step: &HttpStep, answer: &Answer) -> Result<(), Failed> {
        let file = self.shared.file;
        let text = String::from_utf8_lossy(&answer.body);
        let body = Data::String(text.clone().into_owned()).to_string();
        let told = diag::error("test/not-equal", format!("{} has another answer", self.asked(step)));
        let (shown, _) = cut(&body, "");
        let Some(ExpectedAnswer { status, status_span, text: expected }) = &step.expected else {
            if (200..400).contains(&answer.status) {
                return Ok(());
            }
            let told = told.label(file.place(&step.span), format!("answered {} `{shown}`", answer.status));
            let written = file.text(&step.span);
            return Err(Failed::ends(told.help(format!("expect it: `{written} == {};`", answer.status))));
        };
        let mut told = told;
        let mut edits = Vec::new();
        if *status != answer.status {
            told = told.label(file.place(status_span), format!("expected {status}, found {}", answer.status));
            edits.push(Edit { span: status_span.clone(), text: answer.status.to_string() });
        }
        match expected {
            Some((How::Contains, part)) if !text.contains(&part.text) => {
                let told = told.label(file.place(&part.span), format!("not in `{shown}`"));
                return Err(Failed::ends(told.help("mend the component, or expect what it answers")));
            }
            Some((How::Equal, whole)) if whole.text != text => {
                let (wanted, shown) = cut(&Data::String(whole.text.clone()).to_string(), &body);
                told = told.label(file.place(&whole.span), format!("expected `{wanted}`, found `{shown}`"));
                edits.push(Edit { span: whole.span.clone(), text: body });
            }
            Some((How::Equal | How::Unequal | How::Contains, _)) | None => {}
        }
        if edits.is_empty() {
            return Ok(());
        }
        if !matches!(expected, Some((How::Equal, _))) {
            told = told.label(file.place(&step.span), format!("answered `{shown}`"));
        }
        Err(Failed::differs(told.help("mend the component, or write what was found with `--update`"), edits))
    }

    /// `` `greets`: `GET /Ada` ``.
    fn asked(&self, step: &HttpStep) -> String {
        let (path, _) = cut(&step.path.text, "");
        format!("`{}`: `{} {path}`", self.plan.test.name.text, step.method.text)
    }
}
