//! Parts: the components that a graph is made of.

use diag::Place;
use types::{ComponentType, ExternName};

/// A component as a file holds it.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// The file, as the user named it.
    pub file: String,
    /// What it is called in the result's name section; `None` if nobody named it.
    pub name: Option<String>,
    pub bytes: &'a [u8],
    /// Its type. The resources of an import or export are those of this part, whatever other parts call theirs.
    pub ty: ComponentType,
}

impl<'a> Part<'a> {
    /// A part called by its file's name without folders and endings.
    pub fn new(file: impl Into<String>, bytes: &'a [u8], ty: ComponentType) -> Self {
        let file = file.into();
        let name = Some(stem(&file).to_owned());
        Self { file, name, bytes, ty }
    }

    /// What to call it in a text: its name, or its file if it has none.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.file)
    }

    pub fn import_place(&self, name: &ExternName) -> Place {
        Place::binary(&self.file, format!("import `{name}`"))
    }

    pub fn export_place(&self, name: &ExternName) -> Place {
        Place::binary(&self.file, format!("export `{name}`"))
    }
}

/// A file's name without folders and endings.
pub fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}
