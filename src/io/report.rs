//! What is said: findings as they come, in the chosen format; with JSON, one document at the end.

use diag::{Diagnostic, Severity};
use serde_json::Value;

use super::{Env, Io, Stream};
use crate::Exit;
use crate::cli::{Color, Format};

/// After these many findings each is said in one line: drawing takes time, and nobody reads more drawings.
const MOST_DRAWN: usize = 200;

/// Of more findings, only these many are said, and how many there are; a document holds them all.
const MOST_SAID: usize = 10_000;

/// What has been found so far, for the document at the end.
#[derive(Debug, Default)]
pub(super) struct Report {
    diagnostics: Vec<Diagnostic>,
    result: Option<Value>,
    /// Where the document goes when standard output belongs to a guest.
    file: Option<std::path::PathBuf>,
    guest_owns_stdout: bool,
    is_help: bool,
    /// Standard output could not take what was printed.
    unwritten: bool,
    /// Findings beyond `MOST_SAID`.
    unsaid: usize,
}

impl Io {
    /// Says one finding: drawn at once, or kept for the document.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        if !(self.quiet && diagnostic.severity != Severity::Error) {
            if self.report.diagnostics.len() < MOST_SAID {
                self.draw(&diagnostic);
            } else {
                self.report.unsaid += 1;
            }
        }
        self.report.diagnostics.push(diagnostic);
    }

    /// Says one finding of a command that runs on and on: only the first of them are kept for the document.
    pub fn report_passing(&mut self, diagnostic: Diagnostic) {
        if self.report.diagnostics.len() < MOST_DRAWN {
            self.report(diagnostic);
        } else if !(self.quiet && diagnostic.severity != Severity::Error) {
            self.draw(&diagnostic);
        }
    }

    /// Says each of them.
    pub fn report_all(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        for diagnostic in diagnostics {
            self.report(diagnostic);
        }
    }

    /// Says why standard output took nothing, once.
    pub(super) fn report_unwritten(&mut self, found: Vec<Diagnostic>) {
        if !self.report.unwritten {
            self.report.unwritten = true;
            self.report_all(found);
        }
    }

    /// The status of a command that worked, unless what it printed was lost.
    pub(crate) fn status(&self, exit: Exit) -> Exit {
        if exit == Exit::OK && self.report.unwritten { Exit::INPUT } else { exit }
    }

    /// What was found so far, which is then told by another.
    pub(crate) fn take_findings(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.report.diagnostics)
    }

    /// What the command found out, for `--format json`: the document's `result`.
    pub fn set_result(&mut self, result: Value) {
        self.report.result = Some(result);
    }

    /// Standard output belongs to a guest: the document goes to `file`, or to standard error with `--format json`.
    ///
    /// # Errors
    ///
    /// Those of `send_report_to`.
    pub fn give_stdout_to_guest(&mut self, file: Option<&std::path::Path>) -> diag::Result<()> {
        self.report.guest_owns_stdout = true;
        self.send_report_to(file)
    }

    /// The document goes to `file`; whether it can is found out now, before any work is done.
    ///
    /// # Errors
    ///
    /// `usage/one-owner` for `-`; `output/unwritable-file`.
    pub fn send_report_to(&mut self, file: Option<&std::path::Path>) -> diag::Result<()> {
        let Some(file) = file else { return Ok(()) };
        if file.as_os_str() == "-" {
            return Err(diag::error(
                "usage/one-owner",
                "`--report -` wants standard output, which is not the report's",
            )
            .help("write to a file with `--report FILE`")
            .into());
        }
        self.check_writable(file)?;
        self.report.file = Some(file.to_owned());
        Ok(())
    }

    /// Whether a file takes the document beside standard output.
    pub fn has_report_file(&self) -> bool {
        self.report.file.is_some()
    }

    fn draw(&self, diagnostic: &Diagnostic) {
        let text = match self.format {
            // Standard output has the document alone; what failed is drawn for whoever reads the log.
            Format::Human | Format::Junit if self.report.diagnostics.len() < MOST_DRAWN => self.drawing(diagnostic),
            Format::Human | Format::Junit | Format::Short => diag::short::render(diagnostic),
            Format::Github => {
                // A reader that has gone away is no error.
                let _ = self.stdout.write(diag::github::render(diagnostic).as_bytes());
                return;
            }
            Format::Json | Format::Sarif => return,
        };
        // There is nobody to tell that standard error is closed.
        let _ = self.stderr.write(text.as_bytes());
    }

    /// With `-v`, where to read more.
    fn drawing(&self, diagnostic: &Diagnostic) -> String {
        let drawing = diag::human::render(diagnostic, self.style());
        if self.verbose == 0 {
            return drawing;
        }
        format!("{}\n  more: withe explain {}\n\n", drawing.trim_end(), diagnostic.code)
    }

    fn style(&self) -> diag::human::Style {
        diag::human::Style { color: self.colored(&self.stderr), width: self.terminals.width.unwrap_or(80) }
    }

    /// Whether a stream gets colors.
    pub fn colored(&self, stream: &Stream) -> bool {
        let is_terminal = match stream {
            Stream::ProcessOut => self.terminals.stdout,
            Stream::ProcessErr => self.terminals.stderr,
            Stream::Captured(_) => self.terminals.stdout && self.terminals.stderr,
        };
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !no_color(&self.env),
        }
    }

    /// Ends the report: with JSON and SARIF, writes the document. Gives the status: a document that was lost is a
    /// failure of a command that worked.
    pub(crate) fn finish(&mut self, exit: Exit) -> Exit {
        if self.report.is_help {
            return exit;
        }
        if self.report.unsaid > 0 && matches!(self.format, Format::Human | Format::Short | Format::Junit) {
            let text = format!("and {} more; `--format json` has them all\n", self.report.unsaid);
            // There is nobody to tell that standard error is closed.
            let _ = self.stderr.write(text.as_bytes());
        }
        let wanted = matches!(self.format, Format::Json | Format::Sarif) || self.report.file.is_some();
        if !wanted {
            return exit;
        }
        let document = if self.format == Format::Sarif { self.sarif_log(exit) } else { self.json_document(exit) };
        let text = format!("{document:#}\n");
        match self.report.file.take() {
            Some(file) => {
                if let Err(diagnostics) = self.write_file(&file, text.as_bytes()) {
                    self.format = Format::Human;
                    self.report_all(diagnostics.0);
                    return if exit == Exit::OK { Exit::INPUT } else { exit };
                }
            }
            None => {
                let stream = if self.report.guest_owns_stdout { &self.stderr } else { &self.stdout };
                // A reader that has gone away is no error.
                let _ = stream.write(text.as_bytes());
            }
        }
        exit
    }

    fn json_document(&mut self, exit: Exit) -> Value {
        let result = self.report.result.take();
        diag::json::document(&self.command, exit.0, &self.report.diagnostics, result)
    }

    fn sarif_log(&self, exit: Exit) -> Value {
        let rule = |code: &str| {
            let page = crate::explain::page(code)?;
            Some(diag::sarif::Rule { summary: page.summary(), page: page.text })
        };
        diag::sarif::log(env!("CARGO_PKG_VERSION"), exit.0, &self.report.diagnostics, rule)
    }

    /// What clap found wrong with the command line.
    pub(crate) fn report_usage(&mut self, error: &clap::Error) {
        let text = error.render().to_string();
        let mut paragraphs = text.split("\n\n");
        let first = paragraphs.next().unwrap_or("").trim_start_matches("error: ");
        let headline = first.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        let tip = paragraphs.find_map(|paragraph| paragraph.trim().strip_prefix("tip: "));
        // No argument of ours is meant to look like an option.
        let tip = tip.filter(|tip| !tip.starts_with("to pass '"));
        let see = match self.command.as_str() {
            "" => "see `withe --help`".to_owned(),
            command => format!("see `withe {command} --help`"),
        };
        let help = other_name(&self.command, first).map(|flag| format!("write `{flag}`"));
        let tip = tip.map(|tip| tip.lines().next().unwrap_or("").to_owned());
        let help = help.or(tip).unwrap_or_else(|| usage_line(&text, see));
        self.report(diag::error("usage/command-line", headline).help(help));
    }

    /// `withe` alone: people get the help, on standard error.
    pub(crate) fn report_no_command(&mut self, help: &clap::Error) {
        if self.format == Format::Human {
            // There is nobody to tell that standard error is closed.
            let _ = self.stderr.write(help.render().to_string().as_bytes());
        } else {
            let help = "see all commands with `withe --help`";
            self.report(diag::error("usage/command-line", "a command is missing").help(help));
        }
    }

    /// `withe 0.1.0`, as clap would say it.
    pub(crate) fn print_version(&mut self) {
        self.report.is_help = true;
        // A reader that has gone away is no error.
        let _ = self.stdout.write(concat!("withe ", env!("CARGO_PKG_VERSION"), "\n").as_bytes());
    }

    /// `--help`, `--version`: always text, whatever the format.
    pub(crate) fn print_help(&mut self, help: &clap::Error) {
        self.report.is_help = true;
        let text = help.render();
        let text = if self.colored(&self.stdout) { text.ansi().to_string() } else { text.to_string() };
        // A reader that has gone away is no error.
        let _ = self.stdout.write(text.as_bytes());
    }
}

/// Names that flags have elsewhere, in commands ("" in any), and what they are here: their letters say nothing of it.
const OTHER_NAMES: &[(&str, &str, &str)] = &[
    ("serve", "--port", "--addr 127.0.0.1:PORT"),
    ("serve", "-p", "--addr 127.0.0.1:PORT"),
    ("serve", "--host", "--addr HOST:PORT"),
    ("serve", "--bind", "--addr HOST:PORT"),
    ("serve", "--address", "--addr HOST:PORT"),
    ("package", "--target", "--as TARGET"),
    ("package", "--to", "--as TARGET"),
    ("", "--json", "--format json"),
    ("", "--out-dir", "-o DIR"),
    ("", "--output-dir", "-o DIR"),
];

/// What is meant by a flag that the command does not have.
fn other_name(command: &str, headline: &str) -> Option<&'static str> {
    let flag = headline.strip_prefix("unexpected argument '")?.split('\'').next()?;
    let flag = flag.split('=').next()?;
    let known = OTHER_NAMES.iter().find(|(of, name, _)| (of.is_empty() || *of == command) && *name == flag);
    known.map(|(_, _, here)| *here)
}

/// `see` says what to do where clap does not say how the command is used.
fn usage_line(text: &str, see: String) -> String {
    let usage = text.lines().find_map(|line| line.strip_prefix("Usage: "));
    usage.map_or_else(|| see, |usage| format!("usage: {usage}"))
}

/// Any value but an empty one turns colors off.
fn no_color(env: &Env) -> bool {
    env.var("NO_COLOR").is_some_and(|value| !value.is_empty())
}
