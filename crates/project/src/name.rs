//! Names of packages: `namespace:name`, as WIT and registries write them.

use std::fmt;
use std::str::FromStr;

/// The name of a package without its version, such as `wasi:http`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageName {
    pub namespace: String,
    pub name: String,
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.namespace, self.name)
    }
}

impl FromStr for PackageName {
    type Err = String;

    /// Reads `namespace:name`; both are kebab-case words of lower-case letters and digits.
    fn from_str(text: &str) -> Result<Self, String> {
        let (namespace, name) = text.split_once(':').ok_or_else(|| format!("`{text}` has no namespace"))?;
        for word in [namespace, name] {
            if !is_word(word) {
                return Err(format!("`{word}` is no kebab-case name"));
            }
        }
        Ok(Self { namespace: namespace.to_owned(), name: name.to_owned() })
    }
}

/// Whether the text is lower-case words of letters and digits with `-` between, each of which begins with a letter.
pub fn is_word(text: &str) -> bool {
    text.split('-').all(|word| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    })
}
