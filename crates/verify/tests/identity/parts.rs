//! The parts of the cases: components as text, or core modules with a world of the WIT beside them,
//! which is called `NAME-part`.

use std::fs;
use std::path::Path;

use indexmap::{IndexMap, IndexSet};
use libtest_mimic::Failed;
use types::Types;

use crate::common;
use crate::told::told;

/// The bytes of parts by name.
pub struct Parts {
    components: IndexMap<String, (String, Vec<u8>)>,
}

impl Parts {
    /// Encodes the named parts; each stands in one of the folders of `root`, as `NAME.wat` or `NAME.core.wat`.
    pub fn build(root: &Path, names: IndexSet<String>) -> Result<Self, Failed> {
        let folders: Vec<_> = common::sorted(root).into_iter().filter(|path| path.is_dir()).collect();
        let mut components = IndexMap::new();
        for name in names {
            let found = folders.iter().find_map(|folder| {
                let (component, core) = (folder.join(format!("{name}.wat")), folder.join(format!("{name}.core.wat")));
                if component.is_file() {
                    return Some(wat::parse_file(component).map_err(|error| Failed::from(error.to_string())));
                }
                core.is_file().then(|| wrapped(folder, &core, &name))
            });
            let bytes = found.ok_or_else(|| format!("there is no part {name}"))?;
            components.insert(name.clone(), (format!("{name}.wasm"), bytes?));
        }
        Ok(Self { components })
    }

    pub fn part(&self, types: &mut Types, name: &str) -> diag::Result<compose::Part<'_>> {
        let (file, bytes) = &self.components[name];
        Ok(compose::Part::new(file, bytes, component::read(types, file, bytes)?.ty))
    }
}

fn wrapped(folder: &Path, core: &Path, name: &str) -> Result<Vec<u8>, Failed> {
    let text = fs::read_to_string(core)?;
    let main = common::embedded(&mut Types::new(), &text, common::source_files(folder), &format!("{name}-part"));
    let inputs =
        main.map(|main| common::Inputs { main, adapters: Vec::new(), libraries: Vec::new(), flags: String::new() });
    let encoded = inputs.and_then(|inputs| common::encode_inputs(&inputs));
    let encoded = encoded.map_err(|stop| match stop {
        common::Stop::Refused(diagnostics) => format!("{name}: {}", told(&diagnostics.0)),
        common::Stop::NotRun(why) => format!("{name}: {why}"),
    });
    Ok(encoded?.bytes)
}
