//! Tests of components, as `.wave` files say them: `wave-tests.md` is the format's page.
//!
//! In: a file's text, the bytes of the components that it names. Out: what came of each of its tests.
//! Holds: a file is parsed and typed as a whole before its first test runs; each test has instances of its own.
//!
//! ```text
//! text ─► File ─► Plan of each test ─► TestResult
//! ```

mod answered;
mod difference;
mod imports;
mod lex;
mod mock;
mod mocking;
mod parse;
mod piece;
mod plan;
mod run;
mod settings;
mod syntax;
mod update;

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use diag::{Diagnostic, Diagnostics, Place, Source};

use crate::session::Program;
use plan::{Loaded, Shared};
use settings::Surroundings;
use syntax::File;

/// Bytes of a file.
const LARGEST: usize = 16 << 20;

/// A `.wave` file.
#[derive(Clone, Debug)]
pub struct Suite(File);

/// A component that a file names.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// As the file has it: relative to the file's folder.
    pub path: &'a str,
    /// Where the file names it.
    pub place: Place,
}

/// The bytes of a component.
#[derive(Clone, Debug)]
pub struct Binary {
    /// The name to show in messages.
    pub file: String,
    pub bytes: Arc<[u8]>,
}

/// What to do with values that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They fail their test.
    Check,
    /// They are edits, and the test goes on.
    Update,
}

/// What came of a test.
#[derive(Clone, Debug)]
pub struct TestResult {
    pub name: String,
    /// Where the file has its name.
    pub place: Place,
    pub time: Duration,
    /// Why it failed; `None` if it passed.
    pub failure: Option<Diagnostic>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// With `Mode::Update`, what would make it pass.
    pub edits: Vec<Edit>,
}

/// A text for a range of bytes in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub span: Range<usize>,
    pub text: String,
}

impl Suite {
    /// Parses a file.
    ///
    /// # Errors
    /// Every mistake in its form; names of components and tests that stand twice.
    pub fn parse(name: &str, text: String) -> Result<Self, Diagnostics> {
        if text.len() > LARGEST {
            return Err(diag::error("test/syntax", format!("`{name}` has more than {} MiB", LARGEST >> 20))
                .label(Place::file(name), "too large to be read")
                .help("split the file")
                .into());
        }
        let file = parse::parse(&Arc::new(Source::new(name, text))).map_err(Diagnostics)?;
        let errors = doubles(&file);
        if errors.is_empty() { Ok(Self(file)) } else { Err(Diagnostics(errors)) }
    }

    /// The text that was parsed.
    pub fn text(&self) -> &str {
        &self.0.source.text
    }

    /// A place in the file.
    pub fn place(&self, span: &Range<usize>) -> Place {
        self.0.place(span)
    }

    /// The components that the file names, in its order.
    pub fn components(&self) -> impl Iterator<Item = Wanted<'_>> {
        let paths = self.0.components.iter().map(|component| &component.path);
        paths.map(|path| Wanted { path: &path.text, place: self.0.place(&path.span) })
    }

    /// The names of the tests, in their order.
    pub fn tests(&self) -> impl Iterator<Item = &str> {
        self.0.tests.iter().map(|test| test.name.text.as_str())
    }

    /// Where the file grants something, to all tests or to one.
    pub fn grants(&self) -> Vec<Place> {
        let settings = self.0.settings.iter().chain(self.0.tests.iter().flat_map(|test| &test.settings));
        let grants = settings.filter(|setting| setting.kind == syntax::SettingKind::Grant);
        grants.map(|setting| self.0.place(&setting.word.span)).collect()
    }

    /// Types the whole file and runs the tests that are chosen. `binaries` are the components in the order in which
    /// the file names them; paths of grants are relative to `folder`.
    ///
    /// # Errors
    /// When the file does not fit its components: every mistake, before any test has run.
    pub fn run(
        &self,
        binaries: &[Binary],
        folder: &Path,
        chosen: &dyn Fn(&str) -> bool,
        mode: Mode,
    ) -> Result<Vec<TestResult>, Diagnostics> {
        let shared = self.shared(binaries, folder)?;
        let mut errors = Vec::new();
        for test in &self.0.tests {
            for mistake in plan::plan(&shared, test).err().unwrap_or_default() {
                // What is wrong with a component is found by each test.
                if !errors.contains(&mistake) {
                    errors.push(mistake);
                }
            }
        }
        if !errors.is_empty() {
            return Err(Diagnostics(errors));
        }
        let tests = self.0.tests.iter().filter(|test| chosen(&test.name.text));
        tests
            .map(|test| {
                let plan = plan::plan(&shared, test).map_err(Diagnostics)?;
                Ok(run::run(&shared, plan, mode))
            })
            .collect()
    }

    fn shared<'a>(&'a self, binaries: &[Binary], folder: &'a Path) -> Result<Shared<'a>, Diagnostics> {
        let mut errors = Vec::new();
        let mut base = Surroundings::default();
        base.add(&self.0, &self.0.settings, folder, &mut errors);
        let mut loaded = Vec::new();
        for (declared, binary) in self.0.components.iter().zip(binaries) {
            match Program::load(&binary.file, Arc::clone(&binary.bytes), &base.limits) {
                Ok(program) => {
                    let imports = imports::imports(program.component());
                    loaded.push(Loaded { name: declared.name.clone(), program, imports, served: OnceLock::new() });
                }
                Err(Diagnostics(found)) => errors.extend(found),
            }
        }
        if loaded.len() == self.0.components.len() {
            let mocks = mocking::entries(&self.0, &self.0.mocks, &loaded, &mut errors);
            if errors.is_empty() {
                return Ok(Shared { file: &self.0, folder, loaded, base, mocks });
            }
        }
        Err(Diagnostics(errors))
    }
}

/// Names that stand twice, and a file without a component.
fn doubles(file: &File) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    let mut twice = |kind: &str, names: Vec<&syntax::Name>| {
        let mut first_of: HashMap<&str, &syntax::Name> = HashMap::new();
        for name in names {
            let Some(first) = first_of.get(name.text.as_str()) else {
                first_of.insert(&name.text, name);
                continue;
            };
            let error = diag::error("test/name", format!("two {kind} are named `{}`", name.text))
                .label(file.place(&name.span), "named here again")
                .label(file.place(&first.span), "named here first")
                .help("choose another name");
            errors.push(error);
        }
    };
    twice("components", file.components.iter().map(|component| &component.name).collect());
    twice("tests", file.tests.iter().map(|test| &test.name).collect());
    if file.components.is_empty() {
        let error = diag::error("test/name", "this file names no component")
            .label(Place::file(&file.source.name), "nothing to test")
            .help("name one: `component \"calc.wasm\";`");
        errors.push(error);
    }
    errors
}
