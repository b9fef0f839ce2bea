//! One component: bindings, the compiler, `wrap`, and whether it fits its world.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use ::project::deps::{self, Lock};
use ::project::find::seen_from;
use ::project::manifest::{At, Bindings, Built, Language, Origin};
use diag::{Diagnostics, Place};
use types::Types;

use super::inside::renamed;
use super::reuse::Reuse;
use super::site::{Log, Product, Site};

impl Site<'_> {
    /// Writes the bindings of a component, where it has any.
    pub fn bindings(&self, name: &str, log: &mut Log) -> diag::Result<()> {
        let Some(built) = self.built(name) else { return Ok(()) };
        let Some(mut words) = self.bindgen_words(built) else { return Ok(()) };
        words.extend(built.bindgen.iter().map(|option| option.value.clone().into()));
        let written = self.inside(words, &self.span(name, &built.bindgen), log).map(drop);
        written.map_err(|found| self.with_keys(name, found))
    }

    /// The command that writes the bindings, without the manifest's options.
    pub fn bindgen_words(&self, built: &Built) -> Option<Vec<OsString>> {
        let (language, folder) = match built.language.value {
            Language::Rust => ("rust", "src"),
            Language::Go => ("go", "gen"),
            Language::Js | Language::Wat | Language::Command => return None,
        };
        let folder = match &built.bindings {
            Bindings::Default => Path::new(folder),
            Bindings::Folder(folder) => &folder.value,
            Bindings::None => return None,
        };
        let wit = self.wit_of(built)?;
        let mut words: Vec<OsString> = vec!["bindgen".into(), language.into(), self.seen(&wit).into()];
        words.extend(["-o".into(), self.seen(&built.source.value.join(folder)).into()]);
        words.extend(built.world.iter().flat_map(|world| ["-w".into(), OsString::from(&world.value)]));
        Some(words)
    }

    /// Where options stand, or the component if there are none.
    pub fn span(&self, name: &str, options: &[At<String>]) -> Place {
        match (options.first(), options.last()) {
            (Some(first), Some(last)) => self.manifest.place(&(first.span.start..last.span.end)),
            _ => self.place_of(name),
        }
    }

    /// Makes a component of what its sources are.
    pub fn component(&self, name: &str, reuse: Option<&Reuse>, log: &mut Log) -> diag::Result<Product> {
        let mut further = Vec::new();
        let built = self.built(name);
        let core = match &self.manifest.components[name].origin {
            Origin::File(path) => path.value.clone(),
            Origin::Package { .. } => self.package_file(name)?,
            Origin::Built(built) => match built.language.value {
                Language::Wat => built.source.value.join(self.manifest.wat_of(name, built)),
                Language::Command => self.command_or_known(name, built, reuse, log)?,
                Language::Rust => self.cargo(name, built, &mut further, log)?,
                Language::Go => self.go(name, built, log)?,
                Language::Js => return Ok(Product::default()),
            },
        };
        let output = self.manifest.output_of(name);
        let scratch = self.wrap_only(name, built, &core, log)?;
        self.place(&scratch, &output)?;
        Ok(Product { further, outputs: vec![output] })
    }

    /// `withe wrap`, which checks what comes out; a component stays as it is. It goes to a file that is not in its
    /// place yet.
    pub fn wrap_only(&self, name: &str, built: Option<&Built>, core: &Path, log: &mut Log) -> diag::Result<PathBuf> {
        std::fs::create_dir_all(self.whole(&self.scratch())).map_err(|error| self.no_scratch(&error))?;
        let scratch = self.scratch().join(format!("{name}.wasm"));
        let (shown, seen) = (self.seen(&self.manifest.output_of(name)), self.seen(&scratch));
        let mut words: Vec<OsString> = vec!["wrap".into(), self.seen(core).into(), "-o".into(), seen.clone().into()];
        let wit = built.and_then(|built| self.wit_of(built));
        if let (Some(built), Some(wit)) = (built, &wit)
            && self.wants_wit(built, core)
        {
            words.extend(["--wit".into(), self.seen(wit).into()]);
            words.extend(built.world.iter().flat_map(|world| ["-w".into(), OsString::from(&world.value)]));
        }
        let options = built.map(|built| built.wrap.as_slice()).unwrap_or_default();
        words.extend(options.iter().map(|option| option.value.clone().into()));
        let before = log.findings.len();
        let wrapped = self.inside(words, &self.span(name, options), log);
        // That it is a component is what was to be had.
        log.findings.retain(|one| one.code.0 != "encode/already-a-component");
        renamed(&mut log.findings[before..], &seen, &shown);
        wrapped.map_err(|mut found| {
            renamed(&mut found.0, &seen, &shown);
            self.with_keys(name, found)
        })?;
        // What was wrapped has all that its world exports.
        if let Some(built) = built
            && (built.wit.is_some() || built.world.is_some())
            && let Some(wit) = &wit
            && self.is_component(core)
        {
            let fits = self.fits(wit, built.world.as_ref(), &seen, &shown, log);
            fits.map_err(|found| self.with_keys(name, found))?;
        }
        Ok(scratch)
    }

    /// That the world is there that the manifest names. What is wrong with the WIT itself is told by who uses it.
    pub fn has_world(&self, name: &str, built: &Built) -> diag::Result<()> {
        let (Some(world), Some(wit)) = (&built.world, self.wit_of(built)) else { return Ok(()) };
        let (mut io, path) = (self.io(), self.seen(&wit));
        // Which features are on is said in the options of others.
        let options = wit::LoadOptions { all_features: true, ..wit::LoadOptions::default() };
        let Ok(package) = io.source_tree(&path).and_then(|tree| io.load_wit(&path, &tree, &options)) else {
            return Ok(());
        };
        let found = package.world(&mut Types::new(), Some(&world.value)).map(drop);
        found.map_err(|found| self.with_keys(name, found))
    }

    /// Whether a component fits the world that the manifest names for it.
    fn fits(
        &self,
        wit: &Path,
        world: Option<&At<String>>,
        seen: &Path,
        shown: &Path,
        log: &mut Log,
    ) -> diag::Result<()> {
        let mut target = self.seen(wit).into_os_string();
        if let Some(world) = world {
            target.push("#");
            target.push(&world.value);
        }
        let words = vec!["validate".into(), seen.into(), "--target".into(), target];
        let (before, place) = (log.findings.len(), self.place_of(""));
        let place = world.map_or(place, |world| self.manifest.place(&world.span));
        let fits = self.inside(words, &place, log);
        renamed(&mut log.findings[before..], seen, shown);
        // Compilers bring along what their libraries need of WASI.
        let is_misfit = |one: &diag::Diagnostic| one.code.0 == "validate/target" && !is_of_wasi(one);
        let mut misfits: Vec<diag::Diagnostic> = log.findings.split_off(before);
        misfits.retain(is_misfit);
        match fits {
            Err(Diagnostics(found)) if misfits.is_empty() && !found.is_empty() => Err(Diagnostics(found)),
            Ok(_) | Err(_) if misfits.is_empty() => Ok(()),
            Ok(_) | Err(_) => Err(Diagnostics(misfits)),
        }
    }

    pub fn no_scratch(&self, error: &std::io::Error) -> Diagnostics {
        let name = self.seen(&self.scratch()).display().to_string();
        let said = diag::error("output/unwritable-file", format!("`{name}` cannot be written"));
        let said = said.label(Place::file(name), ::project::find::plain(error));
        said.help("check that the place may be written to").into()
    }

    /// The file that a package was fetched to, relative to the project's folder.
    pub fn package_file(&self, name: &str) -> diag::Result<PathBuf> {
        let Origin::Package { name: package, version } = &self.manifest.components[name].origin else {
            return Err(Diagnostics(Vec::new()));
        };
        let manifest = self.manifest;
        let lock = Lock::read(&manifest.root, &deps::shown(manifest, "withe.lock"))?.unwrap_or_default();
        let file = deps::locate(manifest, &lock, &package.value, version).filter(|file| file.is_file());
        if let Some(file) = file {
            return Ok(PathBuf::from(seen_from(&file, &manifest.root)));
        }
        let headline = format!("component `{name}` is the package `{}`, which is not fetched", package.value);
        let error = diag::error("build/not-fetched", headline);
        let error = error.label(self.manifest.place(&package.span), format!("any version that fits `{version}`"));
        Err(error.help("fetch it with `withe fetch`").into())
    }

    fn is_component(&self, path: &Path) -> bool {
        self.io()
            .read_wasm(&self.seen(path))
            .is_ok_and(|wasm| wasm::binary_kind(&wasm.bytes) == wasm::BinaryKind::Component)
    }

    /// Whether a file is a core module that does not say for which world it is, and has to be told.
    fn wants_wit(&self, built: &Built, core: &Path) -> bool {
        let Ok(wasm) = self.io().read_wasm(&self.seen(core)) else { return false };
        if wasm::binary_kind(&wasm.bytes) == wasm::BinaryKind::Component {
            return false;
        }
        let Ok(module) = wasm::read_module(&wasm.name, &wasm.bytes) else { return false };
        // Bindings bring their world along, and a program needs none.
        let has_bindings = matches!(built.language.value, Language::Rust | Language::Go);
        let is_said = built.wit.is_some() || built.world.is_some();
        let is_wanted = is_said || !has_bindings && !module.exports.contains_key("_start");
        is_wanted && module.metadata_sections().next().is_none()
    }
}

/// Whether a misfit is an import of WASI.
fn is_of_wasi(misfit: &diag::Diagnostic) -> bool {
    let is =
        |label: &diag::Label| matches!(&label.place, Place::Binary { path, .. } if path.starts_with("import wasi:"));
    misfit.labels.iter().any(is)
}
