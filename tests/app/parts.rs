//! The components of an app, made from their sources.

use std::path::{Path, PathBuf};

use testing::guest::{Guest, Shape, Target};
use testing::{Outcome, Trouble};

use super::command::succeed;

/// How one component is made.
pub enum Part {
    /// A Rust source and its world, by default in `wit`, else in a part of it.
    Guest { name: String, wit: PathBuf },
    /// A Rust source that has the core names by hand.
    Raw { name: String, wit: PathBuf },
}

/// Where parts come from and go to.
pub struct Parts<'a> {
    pub app: &'a str,
    pub case: &'a Path,
    pub folder: PathBuf,
}

impl Part {
    /// Reads `guest NAME [of WIT]` or `raw NAME [of WIT]`.
    pub fn parse(line: &str) -> Result<Self, Trouble> {
        let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
        let (kind, name, wit) = match words.as_slice() {
            [kind, name] => (*kind, (*name).to_owned(), PathBuf::from("wit")),
            [kind, name, "of", wit] => (*kind, (*name).to_owned(), Path::new("wit").join(wit)),
            _ => return Err(Trouble::Failed(format!("`{line}` makes no part"))),
        };
        match kind {
            "guest" => Ok(Self::Guest { name, wit }),
            "raw" => Ok(Self::Raw { name, wit }),
            _ => Err(Trouble::Failed(format!("`{kind}` is no kind of part"))),
        }
    }
}

impl Parts<'_> {
    /// Makes `NAME.wasm` in the folder.
    pub fn make(&self, part: &Part) -> Outcome {
        match part {
            Part::Guest { name, wit } => self.compile(name, &self.case.join(wit)),
            Part::Raw { name, wit } => {
                let module = self.module(name, &self.case.join(format!("{name}.rs")))?;
                self.wrap(name, &module, &["--wit", &self.case.join(wit).to_string_lossy(), "-w", name])
            }
        }
    }

    /// The source stands beside its bindings, which are made anew each time.
    fn compile(&self, name: &str, wit: &Path) -> Outcome {
        let beside = self.folder.join("sources").join(name);
        std::fs::create_dir_all(&beside)?;
        let source = beside.join("lib.rs");
        std::fs::copy(self.case.join(format!("{name}.rs")), &source)?;
        let bindings = ["bindgen", "rust", &wit.to_string_lossy(), "-w", name, "-o", "."].map(str::to_owned);
        succeed(&bindings, &beside)?;
        let module = self.module(name, &source)?;
        self.wrap(name, &module, &[])
    }

    fn module(&self, name: &str, source: &Path) -> Result<PathBuf, Trouble> {
        Guest::new(source, Target::Unknown, Shape::Library).compile(&format!("app-{}-{name}", self.app))
    }

    fn wrap(&self, name: &str, core: &Path, more: &[&str]) -> Outcome {
        let out = format!("{name}.wasm");
        let mut words = vec!["wrap".to_owned(), core.to_string_lossy().into_owned()];
        words.extend(more.iter().map(|word| (*word).to_owned()));
        words.extend(["--strip".to_owned(), "-o".to_owned(), out.clone()]);
        succeed(&words, &self.folder)?;
        succeed(&["validate".to_owned(), out], &self.folder)?;
        Ok(())
    }
}

/// Copies the files with these endings.
pub fn copy(from: &Path, to: &Path, endings: &[&str]) -> Outcome {
    for path in testing::cases::entries(from) {
        let wanted = path.extension().is_some_and(|end| endings.iter().any(|wanted| end == *wanted));
        if wanted && let Some(name) = path.file_name() {
            std::fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}
