//! Exported functions that run as tasks.

use printer::{Doc, block, doc, lines};

use super::uses::{self, Here, Operand};
use crate::model::{CALLBACK, Model, TaskResult, TaskReturn};

/// A task around the call: `call` are the statements that end in the call, `done` drops what was lent.
pub fn task(task: &TaskReturn, mut before: Vec<Doc>, call: Doc, done: Vec<Doc>, here: &Here<'_>) -> Doc {
    let value = match &task.result {
        TaskResult::None => doc![call, ".await;"],
        TaskResult::Flat { .. } | TaskResult::Area { .. } => doc!["let value = ", call, ".await;"],
    };
    let mut out = vec![Doc::from("let guard = _rt::TaskCancelOnDrop::new();")];
    out.append(&mut before);
    out.push(value);
    out.extend(done);
    let temps = if task.temps { "&mut temps" } else { "" };
    out.extend(task.temps.then(|| Doc::from("let mut temps = _rt::Temps::new();")));
    let here = Here { temps, ..*here };
    let args = returned(task, &mut out, &here);
    out.push(Doc::from("guard.forget();"));
    out.push(doc![&task.core, Doc::list("(", args, ")"), ";"]);
    doc!["_rt::start_task(async move ", block(lines(out)), ")"]
}

/// Lowers the result; gives the core arguments of `task.return`.
fn returned(task: &TaskReturn, out: &mut Vec<Doc>, here: &Here<'_>) -> Vec<String> {
    let value = Operand::Value("value".to_owned());
    match &task.result {
        TaskResult::None => Vec::new(),
        TaskResult::Flat { codec, cores } => {
            let lowered = uses::lower(codec, &value, false, here);
            match cores.as_slice() {
                [one] => out.push(doc!["let ", one, " = ", lowered, ";"]),
                several => out.push(doc!["let ", Doc::list("(", several, ")"), " = ", lowered, ";"]),
            }
            cores.clone()
        }
        TaskResult::Area { codec, words } => {
            out.push(doc!["let mut area = _rt::Area::<", *words, ">::new();"]);
            out.push(Doc::from("let at = area.ptr();"));
            out.push(Doc::from(uses::store(codec, &value, "at", 0, false, here) + ";"));
            vec!["at as usize as i32".to_owned()]
        }
    }
}

/// The function that core exports call with each event of a task.
pub fn callback(model: &Model) -> Option<Doc> {
    let body = "unsafe { _rt::callback(event, waitable, code) }";
    model.asynchrony.exports.then(|| {
        lines([
            Doc::from("#[doc(hidden)]"),
            doc!["pub unsafe fn ", CALLBACK, "(event: i32, waitable: i32, code: i32) -> i32 ", block(body)],
        ])
    })
}
