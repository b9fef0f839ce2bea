//! What cargo's configuration says of flags for the compiler.

use toml_edit::{Document, Item};

/// The key that has flags for a target in these texts, and whether it is one text; `target.*` wins, as in cargo.
///
/// A text that is no TOML counts for nothing: cargo says what is wrong with it.
pub fn rustflags<'t>(texts: impl Iterator<Item = &'t str>, target: &str) -> Option<(String, bool)> {
    let documents: Vec<Document<&str>> = texts.filter_map(|text| Document::parse(text).ok()).collect();
    let get = |path: &[&str]| {
        documents.iter().find_map(|document| {
            let mut item: &Item = document.as_item();
            for key in path {
                item = item.as_table_like()?.get(key)?;
            }
            Some(item.is_str())
        })
    };
    if let Some(is_text) = get(&["target", target, "rustflags"]) {
        return Some((format!("target.{target}.rustflags"), is_text));
    }
    let of_cfg = documents.iter().filter_map(|document| document.get("target")?.as_table_like()).any(|targets| {
        targets.iter().any(|(name, item)| {
            name.starts_with("cfg(") && item.as_table_like().is_some_and(|table| table.contains_key("rustflags"))
        })
    });
    // Flags of a condition are joined with those of the target, and hide those of `build`.
    if of_cfg {
        return Some((format!("target.{target}.rustflags"), false));
    }
    get(&["build", "rustflags"]).map(|is_text| ("build.rustflags".to_owned(), is_text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_added_where_there_are_some() {
        let of = |texts: &[&str]| rustflags(texts.iter().copied(), "wasm32-unknown-unknown");
        assert_eq!(of(&["", "[build]\njobs = 2\n", "no toml ["]), None);
        assert_eq!(of(&["[build]\nrustflags = [\"-g\"]\n"]), Some(("build.rustflags".to_owned(), false)));
        let target = "[target.wasm32-unknown-unknown]\nrustflags = \"-g\"\n";
        let key = "target.wasm32-unknown-unknown.rustflags".to_owned();
        assert_eq!(of(&["[build]\nrustflags = [\"-g\"]\n", target]), Some((key.clone(), true)));
        assert_eq!(of(&["[target.'cfg(unix)']\nrustflags = [\"-g\"]\n"]), Some((key, false)));
    }
}
