//! The `producers` section: which tools made a binary.
//!
//! Specification: tool-conventions, "Producers Section".

use indexmap::IndexMap;
use wasmparser::{BinaryReader, ProducersSectionReader};

/// Fields (`language`, `processed-by`, `sdk`) with tools and their versions, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Producers {
    pub fields: IndexMap<String, IndexMap<String, String>>,
}

impl Producers {
    /// Reads the section's contents; a damaged section yields what could be read of it.
    pub fn parse(data: &[u8]) -> Self {
        let mut producers = Self::default();
        let Ok(fields) = ProducersSectionReader::new(BinaryReader::new(data, 0)) else { return producers };
        for field in fields.into_iter().map_while(Result::ok) {
            for value in field.values.into_iter().map_while(Result::ok) {
                producers.add(field.name, value.name, value.version);
            }
        }
        producers
    }

    /// A tool that stands already keeps its version.
    pub fn add(&mut self, field: &str, tool: &str, version: &str) {
        self.fields.entry(field.to_owned()).or_default().entry(tool.to_owned()).or_insert_with(|| version.to_owned());
    }

    pub fn merge(&mut self, other: &Self) {
        for (field, tools) in &other.fields {
            for (tool, version) in tools {
                self.add(field, tool, version);
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The section's contents.
    pub fn emit(&self) -> Vec<u8> {
        let mut section = wasm_encoder::ProducersSection::new();
        for (field, tools) in &self.fields {
            let mut values = wasm_encoder::ProducersField::new();
            for (tool, version) in tools {
                values.value(tool, version);
            }
            section.field(field, &values);
        }
        // The encoder hands out sections only; a custom section is its name, then the contents.
        let mut bytes = Vec::new();
        wasm_encoder::Encode::encode(&section, &mut bytes);
        custom_contents(&bytes)
    }
}

/// Cuts size and name off an encoded custom section.
fn custom_contents(section: &[u8]) -> Vec<u8> {
    let mut reader = BinaryReader::new(section, 0);
    reader.read_var_u32().and_then(|_size| reader.read_string()).expect("the encoder writes a size and a name");
    section[usize::try_from(reader.original_position()).expect("small")..].to_vec()
}
