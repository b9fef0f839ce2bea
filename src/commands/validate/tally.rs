//! The sum of what was checked: verdicts, counts, the line at the end.

use diag::Severity;
use serde_json::{Value, json};

use super::check::{Checked, Kind};
use crate::{Exit, Io};

#[derive(Default)]
pub struct Tally {
    files: Vec<Value>,
    valid: usize,
    /// By kind, in the order of `KINDS`.
    kinds: [usize; 4],
    errors: usize,
    warnings: usize,
}

/// Each kind in words: of one, of several, in JSON.
const KINDS: [(Kind, &str, &str, &str); 4] = [
    (Kind::Component, "component", "components", "component"),
    (Kind::Module, "core module", "core modules", "module"),
    (Kind::Wit, "WIT package", "WIT packages", "wit"),
    // Whether what a script names fits is found by composing.
    (Kind::Script, "script for syntax only", "scripts for syntax only", "script"),
];

impl Tally {
    pub fn add(&mut self, checked: &Checked) {
        let count = |severity| checked.findings.iter().filter(|one| one.severity == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        self.errors += errors;
        self.warnings += warnings;
        let kind = KINDS.iter().position(|(kind, ..)| checked.kind == Some(*kind));
        if let Some(kind) = kind {
            self.kinds[kind] += 1;
        }
        let kind = kind.map(|kind| KINDS[kind].3);
        for (file, valid) in &checked.files {
            self.valid += usize::from(*valid);
            let mut entry = json!({ "file": file, "kind": kind, "valid": valid });
            if !checked.texts.is_empty() {
                let texts = checked.texts.iter().map(|(file, valid)| json!({ "file": file, "valid": valid }));
                entry["texts"] = texts.collect();
            }
            self.files.push(entry);
        }
    }

    pub fn exit(&self) -> Exit {
        if self.errors == 0 { Exit::OK } else { Exit::INPUT }
    }

    /// What the command found out, for `--format json`.
    pub fn as_json(&mut self) -> Value {
        let [components, modules, wit, scripts] = self.kinds;
        let (files, valid) = (self.files.len(), self.valid);
        json!({
            "files": std::mem::take(&mut self.files),
            "summary": {
                "files": files, "valid": valid,
                "components": components, "modules": modules, "wit": wit, "scripts": scripts,
                "errors": self.errors, "warnings": self.warnings,
            },
        })
    }

    /// The line at the end, on standard error.
    pub fn say(&self, io: &Io) {
        if io.quiet {
            return;
        }
        let files = counted(self.files.len(), "file", "files");
        let verdict = match self.files.len() - self.valid {
            0 => "all valid".to_owned(),
            bad => format!("{bad} not valid"),
        };
        let kinds = self.kinds.iter().zip(KINDS).filter(|(count, _)| **count > 0);
        let kinds: Vec<String> = kinds.map(|(count, (_, one, several, _))| counted(*count, one, several)).collect();
        let found = [(self.errors, "error", "errors"), (self.warnings, "warning", "warnings")];
        let found = found.into_iter().filter(|(count, ..)| *count > 0);
        let found: Vec<String> = found.map(|(count, one, several)| counted(count, one, several)).collect();
        let details: Vec<String> = [kinds, found].iter().filter(|l| !l.is_empty()).map(|l| l.join(", ")).collect();
        let details = if details.is_empty() { String::new() } else { format!(" ({})", details.join("; ")) };
        // There is nobody to tell that standard error is closed.
        let _ = io.stderr.write(format!("{files} checked, {verdict}{details}\n").as_bytes());
    }
}

fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}
