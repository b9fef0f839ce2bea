//! `withe add`: a dependency written into the manifest.
//!
//! In: the manifest's text and the dependency. Out: the text with it; comments, order and layout are kept.

use std::sync::Arc;

use diag::{Diagnostic, Place, Source};
use toml_edit::{DocumentMut, InlineTable, Item, Table, value};

use crate::PackageName;

/// What is to be written behind `"ns:name" =`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// A requirement; any version without it.
    pub requirement: Option<String>,
    /// `path`, `registry` or `oci`, and its value.
    pub from: Option<(&'static str, String)>,
}

impl Entry {
    fn item(&self) -> Item {
        let any = || "*".to_owned();
        let Some((key, from)) = &self.from else {
            return value(self.requirement.clone().unwrap_or_else(any));
        };
        let mut table = InlineTable::new();
        if let Some(requirement) = &self.requirement {
            table.insert("version", requirement.into());
        }
        table.insert(*key, from.into());
        value(table)
    }
}

/// The manifest with the dependency: a new one comes last, one that is there is replaced where it stands.
///
/// # Errors
///
/// `deps/manifest`: the text is no TOML, or `dependencies` is no table.
pub fn with_dependency(source: &Arc<Source>, name: &PackageName, entry: &Entry) -> Result<String, Diagnostic> {
    let wrong = |text: String, span: Option<std::ops::Range<usize>>| {
        diag::error("deps/manifest", format!("`{}` cannot be added to `{}`", name, source.name))
            .label(Place::text(source, span.unwrap_or(0..0)), text)
            .help("correct the manifest first; `withe check` tells all that is wrong with it")
    };
    let parsed: Result<DocumentMut, _> = source.text.parse();
    let mut document = parsed.map_err(|error: toml_edit::TomlError| wrong(error.message().to_owned(), error.span()))?;
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    let item = document.entry("dependencies").or_insert(Item::Table(table));
    let span = item.span();
    let Some(table) = item.as_table_like_mut() else {
        return Err(wrong("a table is due here".to_owned(), span));
    };
    let name = name.to_string();
    match table.get_mut(&name) {
        Some(old) => {
            let mut new = entry.item();
            // What stands behind the value, a comment perhaps, stays.
            if let (Some(old), Some(new)) = (old.as_value(), new.as_value_mut()) {
                *new.decor_mut() = old.decor().clone();
            }
            *old = new;
        }
        None => {
            table.insert(&name, entry.item());
        }
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str, entry: &Entry) -> String {
        let source = Arc::new(Source::new("withe.toml", text));
        with_dependency(&source, &"a:b".parse().unwrap(), entry).unwrap()
    }

    #[test]
    fn comments_and_order_stay() {
        let caret = Entry { requirement: Some("1.2".to_owned()), from: None };
        let text = "# top\n[app]\nname = \"t:t\" # who\n\n[dependencies]\n# first\n\"z:z\" = \"1\"\n\n[grants]\n";
        let expected = text.replace("\"1\"\n", "\"1\"\n\"a:b\" = \"1.2\"\n");
        assert_eq!(edited(text, &caret), expected);
        let text = "[dependencies]\n\"a:b\" = \"1\" # why\n\"c:d\" = \"1\"\n";
        assert_eq!(edited(text, &caret), "[dependencies]\n\"a:b\" = \"1.2\" # why\n\"c:d\" = \"1\"\n");
        let path = Entry { requirement: None, from: Some(("path", "../b".to_owned())) };
        assert_eq!(edited("[app]\nx = 1\n", &path), "[app]\nx = 1\n\n[dependencies]\n\"a:b\" = { path = \"../b\" }\n");
        assert_eq!(edited("dependencies = {}\n", &caret), "dependencies = { \"a:b\" = \"1.2\" }\n");
        let source = Arc::new(Source::new("withe.toml", "dependencies = 1\n"));
        assert!(with_dependency(&source, &"a:b".parse().unwrap(), &caret).is_err());
    }
}
