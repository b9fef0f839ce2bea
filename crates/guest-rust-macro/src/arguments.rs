//! What stands between the macro's parentheses.
//!
//! In: tokens: nothing, `"world"`, `"world" in "path"`, `in "path"`, or `{ key: value, .. }`.
//! Out: [`Arguments`], with the place of every key, and all mistakes.
//! Holds: a mistake in one key does not hide those in the others.

use std::collections::HashMap;

use diag::near_misses;
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Error, Ident, LitStr, Token, token};

use crate::keys;

/// A text, and where it stands.
#[derive(Clone, Debug)]
pub struct Text {
    pub value: String,
    pub span: Span,
}

impl From<LitStr> for Text {
    fn from(literal: LitStr) -> Self {
        Self { value: literal.value(), span: literal.span() }
    }
}

/// What the user asks for.
#[derive(Default)]
pub struct Arguments {
    pub world: Option<Text>,
    /// `None` if no path is given; relative ones start at the folder of `Cargo.toml`.
    pub paths: Option<Vec<Text>>,
    pub inline: Option<Text>,
    pub features: Vec<String>,
    pub options: bindgen_rust::Options,
    /// Functions bound synchronously, and asynchronously, as filters.
    pub sync: Vec<String>,
    pub asynchronous: Vec<String>,
    /// Write the output to a file too, so that the compiler's errors in it have lines.
    pub debug: bool,
    /// The keys that say which WIT is meant were read, or not given.
    pub says_which_wit: bool,
    /// Where each key stands; for look-ups only.
    spans: HashMap<&'static str, Span>,
}

impl Arguments {
    /// Where a key stands; the whole call if it was not given.
    pub fn span_of(&self, key: &str) -> Span {
        self.spans.get(key).copied().unwrap_or_else(Span::call_site)
    }

    pub fn is_given(&self, key: &str) -> bool {
        self.spans.contains_key(key)
    }
}

/// Reads the arguments. With mistakes, what could be read comes along.
pub fn arguments(input: TokenStream) -> (Arguments, Vec<Error>) {
    let mut found = Arguments::default();
    let mut errors = Vec::new();
    let parsed = (|input: ParseStream<'_>| {
        if input.peek(token::Brace) {
            let content;
            syn::braced!(content in input);
            fields(&content, &mut found, &mut errors);
            Ok(())
        } else {
            short_form(input, &mut found)
        }
    })
    .parse2(input);
    let is_known = |key: &str, is_read: bool| is_read || !found.is_given(key);
    found.says_which_wit = parsed.is_ok()
        && is_known("path", found.paths.is_some())
        && is_known("inline", found.inline.is_some())
        && is_known("world", found.world.is_some());
    errors.extend(parsed.err().into_iter().flatten());
    (found, errors)
}

/// `"world" in "path"`, each half of which may be missing.
fn short_form(input: ParseStream<'_>, found: &mut Arguments) -> syn::Result<()> {
    found.world = input.parse::<Option<LitStr>>()?.map(Text::from);
    if input.parse::<Option<Token![in]>>()?.is_some() {
        found.paths = Some(vec![keys::text_or_macro(input)?]);
    }
    if input.is_empty() {
        return Ok(());
    }
    Err(input.error("expected nothing, `\"world\"`, `\"world\" in \"path\"`, or `{ key: value, .. }`"))
}

fn fields(content: ParseStream<'_>, found: &mut Arguments, errors: &mut Vec<Error>) {
    while !content.is_empty() {
        if let Err(error) = field(content, found) {
            errors.extend(error);
            skip_field(content);
        }
        if content.parse::<Option<Token![,]>>().is_ok_and(|comma| comma.is_none()) && !content.is_empty() {
            errors.push(content.error("expected `,`"));
            skip_field(content);
            drop(content.parse::<Option<Token![,]>>());
        }
    }
}

/// Passes over tokens up to the next comma between fields.
fn skip_field(content: ParseStream<'_>) {
    while !content.is_empty() && !content.peek(Token![,]) {
        drop(content.parse::<TokenTree>());
    }
}

fn field(content: ParseStream<'_>, found: &mut Arguments) -> syn::Result<()> {
    let ident = content.call(<Ident as syn::ext::IdentExt>::parse_any)?;
    let (name, span) = (ident.to_string(), ident.span());
    let Some(key) = keys::KEYS.iter().find(|key| key.name == name) else {
        let near = near_misses(&name, keys::KEYS.iter().map(|key| key.name));
        let help = match near.first() {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let names: Vec<&str> = keys::KEYS.iter().map(|key| key.name).collect();
                format!("the keys are {}", names.join(", "))
            }
        };
        return Err(Error::new(span, format!("`generate!` has no key `{name}`\n\nhelp: {help}")));
    };
    if found.spans.insert(key.name, span).is_some() {
        return Err(Error::new(span, format!("`{name}` is given twice\n\nhelp: keep one of them")));
    }
    (key.read)(content, found)
}
