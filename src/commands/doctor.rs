//! `withe doctor`: which compilers and tools are here, what each language still needs, and the command that installs it.
//!
//! Holds: nothing is started that needs the network; tools are asked side by side, and one that does not answer within
//! `probe::LIMIT` is left behind; a missing tool is no error unless `--strict` is given, since withe itself needs none.

mod install;
mod probe;
mod say;
mod tools;

use serde_json::json;

use crate::cli::{DoctorArgs, GuestLanguage};
use crate::{Exit, Io};
use probe::{Machine, State};
use tools::Tool;

/// A tool and what was found.
struct Finding {
    tool: &'static Tool,
    state: State,
    /// The command that installs it, or a newer one, on this machine.
    install: String,
}

pub fn doctor(args: &DoctorArgs, io: &mut Io) -> diag::Result<Exit> {
    let machine = Machine::new(&io.env);
    let languages = if args.languages.is_empty() { GuestLanguage::ALL.to_vec() } else { args.languages.clone() };
    let wanted = |tool: &&'static Tool| match tool.language {
        Some(language) => languages.contains(&language),
        None => args.languages.is_empty(),
    };
    let findings = look(&machine, tools::TOOLS.iter().filter(wanted));

    io.print(&say::text(&languages, &findings));
    io.set_result(json!({
        "ready": languages.iter().copied().filter(|language| is_ready(*language, &findings)).map(GuestLanguage::name).collect::<Vec<_>>(),
        "tools": findings.iter().map(say::as_json).collect::<Vec<_>>(),
    }));
    if !args.strict {
        return Ok(Exit::OK);
    }
    let lacking: Vec<_> = findings.iter().filter(|finding| finding.is_lacking()).map(say::lacking).collect();
    if lacking.is_empty() { Ok(Exit::OK) } else { Err(diag::Diagnostics(lacking)) }
}

/// Those of the named tools that do not serve, as notes. Without a search path nothing is known, and nothing said.
pub fn lacking(names: &[&str], io: &Io) -> Vec<diag::Diagnostic> {
    if names.is_empty() || io.env.var("PATH").is_none() {
        return Vec::new();
    }
    let machine = Machine::new(&io.env);
    let findings = look(&machine, tools::TOOLS.iter().filter(|tool| names.contains(&tool.name)));
    let lacking = findings.iter().filter(|finding| !matches!(finding.state, State::Here(_)));
    lacking.map(|finding| diag::Diagnostic { severity: diag::Severity::Note, ..say::lacking(finding) }).collect()
}

/// Asks every tool at once.
fn look(machine: &Machine, tools: impl Iterator<Item = &'static Tool>) -> Vec<Finding> {
    std::thread::scope(|scope| {
        let asked: Vec<_> = tools.map(|tool| (tool, scope.spawn(|| probe::state(machine, tool)))).collect();
        let finding = |(tool, state): (&'static Tool, std::thread::ScopedJoinHandle<'_, State>)| {
            let state = state.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Finding { tool, install: install::command(machine, tool, &state), state }
        };
        asked.into_iter().map(finding).collect()
    })
}

impl Finding {
    /// Whether its language cannot do without it, and it does not serve.
    fn is_lacking(&self) -> bool {
        self.tool.is_needed && !matches!(self.state, State::Here(_))
    }
}

/// Whether nothing is missing that guests in the language need.
fn is_ready(language: GuestLanguage, findings: &[Finding]) -> bool {
    !findings.iter().any(|finding| finding.tool.language == Some(language) && finding.is_lacking())
}
