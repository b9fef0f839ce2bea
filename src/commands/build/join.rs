//! What is made of components: the app, and hosts in JavaScript.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use ::project::manifest::{Compose, How};
use ::project::plan::Step;
use diag::Diagnostics;

use super::inside::renamed;
use super::site::{Log, Product, Site};

impl Site<'_> {
    /// `withe plug`, or `withe compose` with components or a script.
    pub fn compose(&self, step: &Step, log: &mut Log) -> diag::Result<Product> {
        let file = |name: &str| self.manifest.output_of(name);
        let Some(scratch) = self.compose_only(step, &file, log)? else { return Ok(Product::default()) };
        self.place(&scratch, &step.output)?;
        Ok(Product { further: Vec::new(), outputs: vec![step.output.clone()] })
    }

    /// Composes to a file that is not in its place yet; `file` gives that of a component.
    pub fn compose_only(
        &self,
        step: &Step,
        file: &dyn Fn(&str) -> PathBuf,
        log: &mut Log,
    ) -> diag::Result<Option<PathBuf>> {
        let Some(compose) = &self.manifest.compose else { return Ok(None) };
        std::fs::create_dir_all(self.whole(&self.scratch())).map_err(|error| self.no_scratch(&error))?;
        let scratch = self.scratch().join(format!("{}.wasm", step.name));
        let (seen, shown) = (self.seen(&scratch), self.seen(&step.output));
        let before = log.findings.len();
        let words = self.compose_words(compose, file, &seen);
        let composed = self.inside(words, &self.manifest.place(&compose.span), log);
        // A component of the project that the script does not name is no mistake, and imports of WASI stay as they are.
        log.findings.retain(|one| !["wac/unused-dep", "compose/plugged"].contains(&one.code.0));
        renamed(&mut log.findings[before..], &seen, &shown);
        let tail = log.findings.split_off(before);
        log.findings.extend(tail.into_iter().map(|one| self.with_parts(compose, file, one)));
        let named = |mut found: Diagnostics| {
            renamed(&mut found.0, &seen, &shown);
            Diagnostics(found.0.into_iter().map(|one| self.with_parts(compose, file, one)).collect())
        };
        composed.map_err(named)?;
        if let (Some(target), How::Plug { .. } | How::Script(_)) = (&compose.target, &compose.how) {
            let words = vec!["validate".into(), seen.clone().into(), "--target".into(), self.target(&target.value)];
            self.inside(words, &self.manifest.place(&target.span), log).map_err(named)?;
        }
        Ok(Some(scratch))
    }

    fn compose_words(&self, compose: &Compose, file: &dyn Fn(&str) -> PathBuf, out: &Path) -> Vec<OsString> {
        let output = |name: &str| self.seen(&file(name));
        let mut words: Vec<OsString> = match &compose.how {
            How::Plug { socket, plugs } => {
                let parts = std::iter::once(socket).chain(plugs).map(|name| output(&name.value).into());
                std::iter::once("plug".into()).chain(parts).collect()
            }
            How::Solve(parts) => {
                let parts = parts.iter().map(|name| named(&name.value, &output(&name.value)));
                let target = compose.target.as_ref();
                let target = target.map(|target| ["--target".into(), self.target(&target.value)]);
                std::iter::once("compose".into()).chain(parts).chain(target.into_iter().flatten()).collect()
            }
            How::Script(script) => {
                let namespace = &self.manifest.app.name.value.namespace;
                let deps = self
                    .manifest
                    .parts()
                    .into_iter()
                    .flat_map(|name| ["--dep".into(), named(&format!("{namespace}:{name}"), &output(name))]);
                let start = ["compose".into(), self.seen(&script.value).into()];
                // Beside the script, packages are found by themselves; those of the project are in its own folder.
                let fetched = Path::new(::project::deps::owned::FOLDER);
                let beside = script.value.parent().map(|folder| folder.join(fetched));
                let is_beside = beside.is_some_and(|folder| self.whole(&folder).is_dir());
                let fetched = (!is_beside && self.whole(fetched).is_dir()).then(|| self.seen(fetched));
                let fetched = fetched.map(|folder| ["--deps-dir".into(), folder.into()]);
                start.into_iter().chain(deps).chain(fetched.into_iter().flatten()).collect()
            }
        };
        words.extend(["-o".into(), out.as_os_str().to_owned()]);
        words
    }

    /// `WIT#world`, as the user sees it from where he is.
    fn target(&self, target: &str) -> OsString {
        let (path, world) = match target.split_once('#') {
            Some((path, world)) => (path, Some(world)),
            None => (target, None),
        };
        // A path that is there wins over the name of something built in.
        let there = self.whole(Path::new(path)).exists() || !path.contains(':');
        let mut text = if there { self.seen(Path::new(path)).into_os_string() } else { path.into() };
        if let Some(world) = world {
            text.push("#");
            text.push(world);
        }
        text
    }

    /// The app is its only component.
    pub fn copy(&self, step: &Step) -> diag::Result<Product> {
        let Some((name, _)) = self.manifest.sole() else { return Ok(Product::default()) };
        let from = self.manifest.output_of(name);
        if from != step.output {
            let scratch = self.scratch().join(format!("{}.wasm", step.name));
            let copied = std::fs::create_dir_all(self.whole(&self.scratch()))
                .and_then(|()| std::fs::copy(self.whole(&from), self.whole(&scratch)));
            copied.map_err(|error| self.no_scratch(&error))?;
            self.place(&scratch, &step.output)?;
        }
        Ok(Product { further: Vec::new(), outputs: vec![step.output.clone()] })
    }

    /// `withe transpile`.
    pub fn js(&self, step: &Step, log: &mut Log) -> diag::Result<Product> {
        let of = self.manifest.output_of(self.of(&step.name));
        let mut words: Vec<OsString> = vec!["transpile".into(), self.seen(&of).into()];
        words.extend(["-o".into(), self.seen(&step.output).into()]);
        let options = self.built(&step.name).map(|built| built.transpile.as_slice()).unwrap_or_default();
        words.extend(options.iter().map(|option| option.value.clone().into()));
        self.inside(words, &self.span(&step.name, options), log)?;
        // Where a package says so is the business of whoever takes the folder.
        log.findings.retain(|one| one.code.0 != "transpile/module-type");
        let mut outputs = Vec::new();
        files_below(&self.whole(&step.output), &step.output, &mut outputs);
        Ok(Product { further: Vec::new(), outputs })
    }
}

fn named(name: &str, path: &Path) -> OsString {
    let mut text = OsString::from(name);
    text.push("=");
    text.push(path);
    text
}

/// All files of a folder, in order, under the name `shown`.
fn files_below(folder: &Path, shown: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, shown) = (entry.path(), shown.join(entry.file_name()));
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files_below(&path, &shown, found),
            Ok(kind) if kind.is_file() => found.push(shown),
            Ok(_) | Err(_) => {}
        }
    }
}
