//! The keys of `generate!`, in wit-bindgen's spelling, and how the value of each is read.

use bindgen_rust::{Options, Ownership, With};
use macro_string::MacroString;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Error, Ident, LitBool, LitStr, Path, Token, token};

use crate::arguments::{Arguments, Text};

/// A key, and what reads the rest of its field.
pub struct Key {
    pub name: &'static str,
    /// The same as a flag of the command, where it has another name than the key; in diagnostics the key is named.
    pub flag: &'static str,
    pub read: Read,
}

/// Reads what follows a key's name.
type Read = fn(ParseStream<'_>, &mut Arguments) -> syn::Result<()>;

const fn key(name: &'static str, flag: &'static str, read: Read) -> Key {
    Key { name, flag, read }
}

/// All keys.
pub const KEYS: &[Key] = &[
    key("world", "-w", |input, found| {
        found.world = Some(text(input)?);
        Ok(())
    }),
    key("path", "", |input, found| {
        found.paths = Some(paths(input)?);
        Ok(())
    }),
    key("inline", "", |input, found| {
        input.parse::<Token![:]>()?;
        found.inline = Some(text_or_macro(input)?);
        Ok(())
    }),
    key("features", "--features", |input, found| {
        found.features = strings(input)?;
        Ok(())
    }),
    key("with", "--with", |input, found| {
        found.options.with = map(input, remapping)?;
        Ok(())
    }),
    key("generate_all", "--generate-all", |input, _| flag(input).map(drop)),
    key("generate_unused_types", "--generate-unused-types", |input, _| flag(input).map(drop)),
    key("skip", "--skip", |input, found| {
        found.options.skip = strings(input)?;
        Ok(())
    }),
    key("ownership", "--ownership", |input, found| {
        found.options.ownership = ownership(input)?;
        Ok(())
    }),
    key("additional_derives", "--additional-derive-attributes", |input, found| {
        let paths = list::<Path>(input)?;
        found.options.derives = paths.iter().map(plain_path).collect::<syn::Result<_>>()?;
        Ok(())
    }),
    key("additional_derives_ignore", "--additional-derive-ignore", |input, found| {
        found.options.derive_ignore = strings(input)?;
        Ok(())
    }),
    key("no_derive", "--no-derive", |input, found| {
        let derives = strings(input)?;
        found.options.no_derive = derives.iter().map(|text| Options::read_no_derive(text)).collect();
        Ok(())
    }),
    key("additional_type_attributes", "--additional-type-attributes", |input, found| {
        found.options.type_attributes = map(input, attributes)?.into_iter().flat_map(each).collect();
        Ok(())
    }),
    key("additional_member_attributes", "--additional-member-attributes", |input, found| {
        found.options.member_attributes = map(input, attributes)?.into_iter().flat_map(each).collect();
        Ok(())
    }),
    key("merge_structurally_equal_types", "--merge-structurally-equal-types", |input, found| {
        found.options.merge_equal_types = flag(input)?;
        Ok(())
    }),
    key("raw_strings", "--raw-strings", |input, found| {
        found.options.raw_strings = flag(input)?;
        Ok(())
    }),
    key("std_feature", "--std-feature", |input, _| flag(input).map(drop)),
    key("map_type", "--map-type", |input, found| {
        found.options.map_type = Some(text(input)?.value);
        Ok(())
    }),
    key("bitflags_path", "--bitflags-path", |input, found| {
        found.options.bitflags_path = Some(text(input)?.value);
        Ok(())
    }),
    key("chainable_methods", "--chainable-methods", |input, found| {
        found.options.chainable_methods = strings(input)?;
        Ok(())
    }),
    key("enable_method_chaining", "--chainable-methods", |input, found| {
        if flag(input)? {
            found.options.chainable_methods.push("&all".to_owned());
        }
        Ok(())
    }),
    key("sync", "--sync", |input, found| {
        found.sync = filters(input)?;
        Ok(())
    }),
    key("async", "--async", |input, found| {
        found.asynchronous = filters(input)?;
        Ok(())
    }),
    key("runtime_path", "--runtime-path", |input, found| {
        found.options.runtime_path = Some(text(input)?.value);
        Ok(())
    }),
    key("stubs", "--stubs", |input, found| {
        found.options.stubs = flag(input)?;
        Ok(())
    }),
    key("export_prefix", "--export-prefix", |input, found| {
        found.options.export_prefix = text(input)?.value;
        Ok(())
    }),
    key("export_macro_name", "--export-macro-name", |input, found| {
        found.options.export_macro = Some(text(input)?.value);
        Ok(())
    }),
    key("pub_export_macro", "--pub-export-macro", |input, found| {
        found.options.pub_export_macro = flag(input)?;
        Ok(())
    }),
    key("default_bindings_module", "--default-bindings-module", |input, found| {
        found.options.bindings_module = Some(text(input)?.value);
        Ok(())
    }),
    key("type_section_suffix", "--type-section-suffix", |input, found| {
        found.options.section_suffix = text(input)?.value;
        Ok(())
    }),
    key("disable_run_ctors_once_workaround", "--disable-run-ctors-once-workaround", |input, found| {
        found.options.no_run_ctors = flag(input)?;
        Ok(())
    }),
    key("disable_custom_section_link_helpers", "--disable-custom-section-link-helpers", |input, found| {
        found.options.no_link_helpers = flag(input)?;
        Ok(())
    }),
    key("debug", "", |input, found| {
        found.debug = flag(input)?;
        Ok(())
    }),
];

/// `: "text"`
fn text(input: ParseStream<'_>) -> syn::Result<Text> {
    input.parse::<Token![:]>()?;
    Ok(input.parse::<LitStr>()?.into())
}

/// `"text"`, or a macro that stands for one, such as `concat!(env!("OUT_DIR"), "/wit")`.
pub fn text_or_macro(input: ParseStream<'_>) -> syn::Result<Text> {
    let span = input.span();
    let value = input.parse::<MacroString>()?.eval()?;
    Ok(Text { value, span })
}

/// `: "path"` or `: ["path", "path"]`
fn paths(input: ParseStream<'_>) -> syn::Result<Vec<Text>> {
    input.parse::<Token![:]>()?;
    if !input.peek(token::Bracket) {
        return Ok(vec![text_or_macro(input)?]);
    }
    let content;
    syn::bracketed!(content in input);
    let paths = content.parse_terminated(text_or_macro, Token![,])?;
    Ok(paths.into_iter().collect())
}

/// Nothing, or `: true`, or `: false`.
fn flag(input: ParseStream<'_>) -> syn::Result<bool> {
    match input.parse::<Option<Token![:]>>()? {
        Some(_) => Ok(input.parse::<LitBool>()?.value),
        None => Ok(true),
    }
}

/// `: [a, b]`
fn list<T: Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    input.parse::<Token![:]>()?;
    let content;
    syn::bracketed!(content in input);
    Ok(Punctuated::<T, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

fn strings(input: ParseStream<'_>) -> syn::Result<Vec<String>> {
    Ok(list::<LitStr>(input)?.iter().map(LitStr::value).collect())
}

/// `: true` for all functions, or `: ["filter", "filter"]`.
fn filters(input: ParseStream<'_>) -> syn::Result<Vec<String>> {
    if input.peek2(token::Bracket) {
        return strings(input);
    }
    Ok(if flag(input)? { vec!["all".to_owned()] } else { Vec::new() })
}

/// `: { "name": value, .. }`
fn map<T>(input: ParseStream<'_>, value: fn(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<Vec<(String, T)>> {
    input.parse::<Token![:]>()?;
    let content;
    syn::braced!(content in input);
    let mut out = Vec::new();
    while !content.is_empty() {
        let name = content.parse::<LitStr>()?.value();
        content.parse::<Token![:]>()?;
        out.push((name, value(&content)?));
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(out)
}

/// `generate`, or a path.
fn remapping(input: ParseStream<'_>) -> syn::Result<With> {
    Ok(With::new(&plain_path(&input.parse::<Path>()?)?))
}

/// The path as it is written in text.
fn plain_path(path: &Path) -> syn::Result<String> {
    let mut out = String::new();
    for (index, segment) in path.segments.iter().enumerate() {
        if !segment.arguments.is_none() {
            return Err(Error::new(path.span(), "expected a path without `<..>` and `(..)`"));
        }
        if index > 0 || path.leading_colon.is_some() {
            out += "::";
        }
        out += &segment.ident.to_string();
    }
    Ok(out)
}

/// `[#[attribute] ..]`
fn attributes(input: ParseStream<'_>) -> syn::Result<Vec<String>> {
    let content;
    let brackets = syn::bracketed!(content in input);
    let attributes = content.call(Attribute::parse_outer)?;
    if !content.is_empty() {
        return Err(content.error("expected an attribute: `#[..]`"));
    }
    if attributes.is_empty() {
        return Err(Error::new(brackets.span.join(), "expected at least one attribute: `#[..]`"));
    }
    Ok(attributes.iter().map(|attribute| attribute.to_token_stream().to_string()).collect())
}

/// One pair for each attribute.
fn each((name, attributes): (String, Vec<String>)) -> impl Iterator<Item = (String, String)> {
    attributes.into_iter().map(move |attribute| (name.clone(), attribute))
}

/// `: Owning`, or `: Borrowing { duplicate_if_necessary: false }`
fn ownership(input: ParseStream<'_>) -> syn::Result<Ownership> {
    input.parse::<Token![:]>()?;
    let ident = input.parse::<Ident>()?;
    match ident.to_string().as_str() {
        "Owning" => Ok(Ownership::Owning),
        "Borrowing" => {
            let content;
            syn::braced!(content in input);
            let field = content.parse::<Ident>()?;
            if field != "duplicate_if_necessary" {
                return Err(Error::new(field.span(), "expected `duplicate_if_necessary`"));
            }
            content.parse::<Token![:]>()?;
            let duplicate = content.parse::<LitBool>()?.value;
            content.parse::<Option<Token![,]>>()?;
            Ok(if duplicate { Ownership::BorrowingDuplicate } else { Ownership::Borrowing })
        }
        _ => Err(Error::new(ident.span(), "expected `Owning` or `Borrowing { duplicate_if_necessary: .. }`")),
    }
}
