//! Parts: the components that a graph is made of.

use diag::Place;
use types::{ComponentType, ExternName};

/// A component as a file holds it.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// The file, as the user named it.
    pub file: String,
    pub bytes: &'a [u8],
    /// Its type. The resources of an import or export are those of this part, whatever other parts call theirs.
    pub ty: ComponentType,
}

impl Part<'_> {
    /// The file's name without folders and endings: what the part is called in the result's name section.
    pub fn stem(&self) -> &str {
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file);
        name.split_once('.').map_or(name, |(stem, _)| stem)
    }

    pub fn import_place(&self, name: &ExternName) -> Place {
        Place::binary(&self.file, format!("import `{name}`"))
    }

    pub fn export_place(&self, name: &ExternName) -> Place {
        Place::binary(&self.file, format!("export `{name}`"))
    }
}
