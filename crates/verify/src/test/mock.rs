//! What mocked functions answer.
//!
//! In: the lines of a test's mocks, typed. Out: an answer for each call, and how often each function was called.
//! Holds: the first line that matches answers; of several answers the last one stays.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::value::Data;

/// Longer arguments are cut in messages, in characters.
const LONGEST: usize = 200;

/// The mocks of one test; clones share their state.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book(Arc<Mutex<Vec<Func>>>);

/// A mocked function.
#[derive(Debug)]
struct Func {
    interface: Option<String>,
    /// As in the binary: `get`, `[method]bucket.get`.
    name: String,
    lines: Vec<Line>,
    calls: u64,
}

/// A line of a mock.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) patterns: Vec<Data>,
    /// At least one.
    pub(crate) answers: Vec<Answer>,
}

/// What a call gives.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Nothing,
    Value(Data),
    Trap(String),
}

impl Book {
    fn funcs(&self) -> MutexGuard<'_, Vec<Func>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a line to a function's, after those that it has.
    pub(crate) fn add(&self, interface: Option<&str>, name: &str, line: Option<Line>) {
        let mut funcs = self.funcs();
        let known = funcs.iter().position(|func| func.interface.as_deref() == interface && func.name == name);
        let at = known.unwrap_or_else(|| {
            let (interface, name) = (interface.map(str::to_owned), name.to_owned());
            funcs.push(Func { interface, name, lines: Vec::new(), calls: 0 });
            funcs.len() - 1
        });
        funcs[at].lines.extend(line);
    }

    /// The functions that are mocked, in the order of their first lines.
    pub(crate) fn names(&self) -> Vec<(Option<String>, String)> {
        self.funcs().iter().map(|func| (func.interface.clone(), func.name.clone())).collect()
    }

    /// How often a function was called.
    pub(crate) fn calls(&self, interface: Option<&str>, name: &str) -> u64 {
        let funcs = self.funcs();
        funcs
            .iter()
            .find(|func| func.interface.as_deref() == interface && func.name == name)
            .map_or(0, |func| func.calls)
    }

    /// Answers a call. An error is why the caller traps.
    pub(crate) fn answer(&self, interface: Option<&str>, name: &str, args: &[Data]) -> Result<Option<Data>, String> {
        let mut funcs = self.funcs();
        let func = funcs.iter_mut().find(|func| func.interface.as_deref() == interface && func.name == name);
        let Some(func) = func else { return Err(unanswered(args)) };
        func.calls += 1;
        let Some(line) = func.lines.iter_mut().find(|line| line.patterns == args) else {
            return Err(unanswered(args));
        };
        let answer = if line.answers.len() > 1 { line.answers.remove(0) } else { line.answers[0].clone() };
        match answer {
            Answer::Nothing => Ok(None),
            Answer::Value(value) => Ok(Some(value)),
            Answer::Trap(text) => Err(text),
        }
    }
}

fn unanswered(args: &[Data]) -> String {
    let args: Vec<String> = args.iter().map(ToString::to_string).collect();
    let args = args.join(", ");
    let shown: String = args.chars().take(LONGEST).collect();
    let more = if shown.len() < args.len() { "\u{2026}" } else { "" };
    format!("no line of the mock answers ({shown}{more})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(patterns: &[Data], answers: &[Answer]) -> Option<Line> {
        Some(Line { patterns: patterns.to_vec(), answers: answers.to_vec() })
    }

    #[test]
    fn lines_answer_in_order_and_the_last_answer_stays() {
        let book = Book::default();
        let value = |value| Answer::Value(Data::U32(value));
        book.add(Some("a:b/c"), "get", line(&[Data::U32(1)], &[value(10), value(11), Answer::Trap("gone".to_owned())]));
        book.add(Some("a:b/c"), "get", line(&[Data::Any], &[Answer::Nothing]));
        book.add(None, "get", line(&[], &[value(0)]));
        let get = |arg| book.answer(Some("a:b/c"), "get", &[Data::U32(arg)]);
        assert_eq!((get(1), get(2), get(1)), (Ok(Some(Data::U32(10))), Ok(None), Ok(Some(Data::U32(11)))));
        assert_eq!((get(1), get(1)), (Err("gone".to_owned()), Err("gone".to_owned())));
        assert_eq!(book.calls(Some("a:b/c"), "get"), 5);
        assert_eq!(book.answer(None, "get", &[]), Ok(Some(Data::U32(0))));
        assert_eq!(book.calls(None, "get"), 1);
    }

    #[test]
    fn calls_that_nothing_answers_are_told_with_their_arguments() {
        let book = Book::default();
        book.add(None, "put", line(&[Data::U32(1)], &[Answer::Nothing]));
        let long = Data::String("x".repeat(1000));
        assert_eq!(book.answer(None, "put", &[Data::U32(2)]), Err("no line of the mock answers (2)".to_owned()));
        assert!(book.answer(None, "put", &[long]).unwrap_err().len() < 300);
    }
}
