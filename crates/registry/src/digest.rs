//! Digests: what a content is called by everywhere in a registry.
//!
//! In: `sha256:` and 64 digits, or bytes. Out: a `Digest`, which is that text again when it is printed.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// The SHA-256 of a content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// What a hash that was fed piece by piece comes to.
    pub(crate) fn finished(hash: Sha256) -> Self {
        Self(hash.finalize().into())
    }

    /// The 64 digits, without the algorithm.
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is no digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotADigest {
    /// An algorithm that the specification knows, or might, and this crate does not compute.
    Algorithm(String),
    /// Not `sha256:` and 64 digits, in words.
    Form(String),
}

impl fmt::Display for NotADigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Algorithm(name) => write!(f, "the algorithm `{name}` is not supported, only `sha256`"),
            Self::Form(why) => f.write_str(why),
        }
    }
}

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let Some((algorithm, digits)) = text.split_once(':') else {
            return Err(NotADigest::Form("a digest is `sha256:` and 64 digits".to_owned()));
        };
        if algorithm != "sha256" {
            let name: String = algorithm.chars().take(20).collect();
            return Err(NotADigest::Algorithm(name));
        }
        let count = digits.chars().count();
        if count != 64 {
            return Err(NotADigest::Form(format!("a digest has 64 digits after `sha256:`, this one has {count}")));
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let is_digit = |digit: &u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
            let pair = Some(pair).filter(|pair| pair.iter().all(is_digit)).and_then(|pair| str::from_utf8(pair).ok());
            *byte = pair
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                .ok_or_else(|| NotADigest::Form("the digits of a digest are `0` to `9` and `a` to `f`".to_owned()))?;
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_its_text() {
        let empty = Digest::of(b"");
        assert_eq!(empty.to_string(), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(empty.to_string().parse(), Ok(empty));
    }

    #[test]
    fn what_is_no_digest_says_why() {
        let why = |text: &str| text.parse::<Digest>().unwrap_err().to_string();
        assert_eq!(why("abc"), "a digest is `sha256:` and 64 digits");
        assert_eq!(why("sha512:00"), "the algorithm `sha512` is not supported, only `sha256`");
        assert_eq!(why("sha256:00"), "a digest has 64 digits after `sha256:`, this one has 2");
        let upper = format!("sha256:{}", "AB".repeat(32));
        assert_eq!(why(&upper), "the digits of a digest are `0` to `9` and `a` to `f`");
        let wide = format!("sha256:{}", "é".repeat(64));
        assert_eq!(why(&wide), "the digits of a digest are `0` to `9` and `a` to `f`");
    }
}
