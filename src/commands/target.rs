//! A world that a component must fit, for `--target`.
//!
//! In: what names the world. Out: the world; how components, and core modules that say what they are for, do not fit.

use check::conformance;
use diag::{Diagnostic, Diagnostics, Place};
use encode::Guest;
use types::{ComponentType, ExternName, Types, World};
use wasm::CoreModule;

use crate::Io;
use crate::cli::FeatureArgs;

/// A world, with the types that it is made of.
pub struct Target {
    types: Types,
    world: World,
}

impl Target {
    /// Reads the world that `WIT[#WORLD]` names.
    pub fn read(target: &str, features: &FeatureArgs, io: &mut Io) -> diag::Result<Self> {
        let mut types = Types::new();
        let world = read(target, features, &mut types, io)?;
        Ok(Self { types, world })
    }

    /// The target's types, to which those of what is compared with it are added.
    pub fn types(&self) -> Types {
        self.types.clone()
    }

    /// Every way in which a component, whose types were added to `types`, does not fit.
    pub fn misfits(&self, types: &Types, file: &str, found: &ComponentType) -> Vec<Diagnostic> {
        conformance::misfits(types, file, found, &self.world, |_| None)
    }

    /// Every way in which the world that a core module carries does not fit, as far as the module imports what it says.
    ///
    /// # Errors
    ///
    /// What cannot be read of the module's metadata.
    pub fn misfits_of_module(&self, module: &CoreModule<'_>) -> diag::Result<Vec<Diagnostic>> {
        let mut types = self.types();
        let guest = Guest::of(&mut types, module.clone())?;
        if guest.metadata.is_empty() {
            return Ok(vec![self.not_compared(module)]);
        }
        let worlds: Vec<(String, World)> =
            guest.metadata.iter().map(|metadata| (module.file.clone(), metadata.world.clone())).collect();
        let mut found = encode::target_world(&mut types, &worlds, &encode::Options::default())?.component;
        found.imports.retain(|name, _| is_imported(module, name));
        Ok(self.misfits(&types, &module.file, &found))
    }

    fn not_compared(&self, module: &CoreModule<'_>) -> Diagnostic {
        let headline = format!("`{}` is not compared with the world `{}`", module.file, self.world.name);
        diag::note("validate/no-world", headline)
            .label(Place::file(&module.file), "a core module that carries no world")
            .help("check what `withe wrap` makes of it, or put its world into it with `withe embed`")
    }
}

/// Whether a core module imports something of what its world imports under that name: what is not imported, no
/// component that is made of the module imports.
fn is_imported(module: &CoreModule<'_>, name: &ExternName) -> bool {
    let name = name.to_string();
    let is_same = |core: &str| {
        let core = core.strip_prefix("cm32p2|").unwrap_or(core);
        core.split('@').next() == name.split('@').next()
    };
    module.imports.iter().any(|import| is_same(import.module) || import.field.as_ref() == name)
}

/// The world that `WIT[#WORLD]` names.
pub fn read(target: &str, features: &FeatureArgs, types: &mut Types, io: &mut Io) -> diag::Result<World> {
    let (path, world) = match target.split_once('#') {
        Some((path, world)) => (path, Some(world)),
        None => (target, None),
    };
    let package = wit::load(&io.source_tree(path.as_ref())?, &features.load_options())?;
    io.report_all(package.notes().iter().cloned());
    package.world(types, world).map_err(|found| with_target_flags(found, &package, path, world))
}

/// Where a world could not be chosen, the help says how to choose one here.
fn with_target_flags(found: Diagnostics, package: &wit::Package, path: &str, asked: Option<&str>) -> Diagnostics {
    let worlds = package.worlds();
    let flag = |world: &str| format!("`--target {path}#{world}`");
    let near = diag::near_misses(asked.unwrap_or(""), worlds.iter().map(String::as_str)).first().copied();
    let help = match near {
        Some(near) => format!("did you mean {}?", flag(near)),
        None => format!("choose one: {}", worlds.iter().map(|world| flag(world)).collect::<Vec<_>>().join(", ")),
    };
    let is_choice = |one: &Diagnostic| matches!(one.code.0, "wit/unknown-world" | "wit/world-ambiguous");
    let said = |one: Diagnostic| if is_choice(&one) && !worlds.is_empty() { one.help(help.clone()) } else { one };
    Diagnostics(found.0.into_iter().map(said).collect())
}
