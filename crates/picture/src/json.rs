//! The scene as a JSON document: schema `withe.graph/1`, described in this crate's `README.md`.
//!
//! In: a scene. Out: its document, from which the scene can be read back.
//! Holds: a field once given keeps its meaning within schema 1; fields may be added.

use serde::{Deserialize, Serialize};

use crate::Scene;

/// The schema's name and version.
pub const SCHEMA: &str = "withe.graph/1";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    #[serde(flatten)]
    scene: &'a Scene,
}

#[derive(Deserialize)]
struct Read {
    schema: String,
    #[serde(flatten)]
    scene: Scene,
}

/// The whole scene, with two spaces of indentation and a line feed at the end.
pub fn json(scene: &Scene) -> String {
    let document = Document { schema: SCHEMA, scene };
    let mut text = serde_json::to_string_pretty(&document).expect("strings, numbers and lists are always JSON");
    text.push('\n');
    text
}

/// The same document on one line.
pub fn compact(scene: &Scene) -> String {
    serde_json::to_string(&Document { schema: SCHEMA, scene }).expect("strings, numbers and lists are always JSON")
}

/// The scene of a document that [`json`] wrote; the error says what is wrong in it.
pub fn read_json(text: &str) -> Result<Scene, String> {
    let read: Read = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if read.schema != SCHEMA {
        return Err(format!("schema is `{}`, expected `{SCHEMA}`", read.schema));
    }
    Ok(read.scene)
}
