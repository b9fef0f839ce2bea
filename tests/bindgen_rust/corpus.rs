//! The adversarial corpus: WIT in which every word that Rust, its prelude, our templates or our output use stands in
//! every place where WIT has a name.
//!
//! In: the templates and the golden files, from which the words are taken. Out: one WIT text for each place.
//! Holds: a new word of a template is in the corpus by itself.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use testing::cases::entries;
use testing::{Trouble, fixtures, root};

/// Words of all editions: strict, reserved and weak ones.
const KEYWORDS: &str = "abstract as async auto await become box break const continue crate default do dyn else enum \
    extern false final fn for gen if impl in let loop macro macro_rules match mod move mut override priv pub raw ref \
    return safe self static struct super trait true try type typeof union unsafe unsized use virtual where while yield";

/// What every module of every edition has without a `use`, and the crates and attributes known everywhere.
const PRELUDE: &str = "Send Sized Sync Unpin Drop Fn FnMut FnOnce AsyncFn drop Box ToOwned Clone PartialEq Eq \
    PartialOrd Ord AsRef AsMut Into From Default Iterator Extend IntoIterator DoubleEndedIterator ExactSizeIterator \
    Option Some None Result Ok Err String ToString Vec TryFrom TryInto FromIterator Future IntoFuture Copy Debug Hash \
    Display Error core alloc std proc_macro test bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f16 \
    f32 f64 f128 assert panic vec format println derive cfg inline main lib build";

/// Names that upstream's generator or ours gives, whether or not some template has them today.
const GENERATED: &str = "guest export exports wit_future wit_stream wit_async temps area ret args params borrows value \
    at handle take_handle from_handle new clone eq fmt from into t c0 c1 c2 p0 p1 x0 vec0 ptr0 len0 result0 base \
    layout ptr len cleanup_list rep from_rep get get_mut into_inner name message bits empty all is_empty next index \
    hash to_string into_string as_ref is_ok bindings component stub my_x x_borrow guest_x foo baz";

/// Every word, as a WIT label, sorted.
pub fn words() -> Result<Vec<String>, Trouble> {
    let mut texts = Vec::new();
    for case in testing::cases::directories(&fixtures("bindgen/rust")) {
        // Cases that are all about names have words of their own, not ours.
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if ["all-types", "resources", "root", "spilled", "greeter"].contains(&name.as_str()) {
            // Names of more words are made from those of the WIT, such as `lift_list_string`.
            let file = case.join(if name == "greeter" { "whole.rs" } else { "expected.rs" });
            let text = std::fs::read_to_string(file)?;
            let few = |word: &&str| label(word).is_some_and(|label| label.matches('-').count() < 2);
            texts.push(identifiers(&text).filter(few).collect::<Vec<_>>().join(" "));
        }
    }
    let texts = [KEYWORDS, PRELUDE, GENERATED].into_iter().chain(texts.iter().map(String::as_str));
    words_of(&texts.collect::<Vec<_>>(), "templates/rust", "rs")
}

/// The words of these texts, and of all templates with that ending in a folder, as WIT labels, sorted.
pub fn words_of(texts: &[&str], templates: &str, ending: &str) -> Result<Vec<String>, Trouble> {
    // Two labels that differ in hyphens alone count as one name.
    let mut words = BTreeMap::new();
    for text in texts.iter().map(|text| (*text).to_owned()).chain(sources(&root().join(templates), ending)?) {
        for word in identifiers(&text).filter_map(label) {
            words.entry(word.replace('-', "")).or_insert(word);
        }
    }
    Ok(words.into_values().collect())
}

/// The text of every source below a folder, but for the projects of `withe new`.
fn sources(folder: &Path, ending: &str) -> Result<Vec<String>, Trouble> {
    let mut found = Vec::new();
    for path in entries(folder) {
        if path.ends_with("new") {
            continue;
        }
        if path.is_dir() {
            found.extend(sources(&path, ending)?);
        } else if path.extension().is_some_and(|end| end == ending) {
            found.push(std::fs::read_to_string(path)?);
        }
    }
    Ok(found)
}

fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    // Comments have words, too, which are no names.
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')).filter(|word| !word.is_empty())
}

/// An identifier as a label: words of lower-case letters and digits, each with a letter first.
fn label(identifier: &str) -> Option<String> {
    let mut words: Vec<String> = Vec::new();
    for part in identifier.split('_').filter(|part| !part.is_empty()) {
        let mut before = '_';
        for c in part.chars() {
            let new =
                (before == '_' && !c.is_ascii_digit()) || (!before.is_ascii_uppercase() && c.is_ascii_uppercase());
            if new {
                words.push(String::new());
            }
            words.last_mut()?.push(c.to_ascii_lowercase());
            before = c;
        }
    }
    (!words.is_empty()).then(|| words.join("-"))
}

/// A world of the corpus.
pub struct Place {
    /// What has the words as its names.
    pub name: String,
    /// Its functions are asynchronous.
    pub asynchronous: bool,
    /// The bindings are so long that they are only compiled, with stubs: for the host and for wasm.
    pub long: bool,
    pub wit: String,
}

/// One WIT text for each place where a name stands; two where it is another thing to be asynchronous.
pub fn places(words: &[String]) -> Vec<Place> {
    let place = |name: &str, text: String| Place {
        name: name.to_owned(),
        asynchronous: false,
        long: false,
        wit: format!("package corpus:{name};\n\n{text}"),
    };
    let both = |name: &str, text: String| {
        let one = place(name, text);
        let name = format!("{name}-async");
        let wit = one.wit.replace(": func(", ": async func(").replace(": static func(", ": static async func(");
        [one, Place { name, asynchronous: true, long: false, wit }]
    };
    let long = |one: Place| Place { long: true, ..one };
    let places = [
        place("fields", both_ways("fields", &fields(words))),
        place("cases", both_ways("cases", &cases(words))),
        place("flag-names", both_ways("flag-names", &flags(words))),
        place("interfaces", interfaces(words)),
        place("inline-interfaces", inline_interfaces(words)),
        long(place("packages", packages(words))),
        long(place("resource-names", both_ways("resource-names", &resources(words)))),
        long(place("members", both_ways("members", &members(words)))),
        long(place("world-functions", world_functions(words))),
        place("world-types", world_types(words)),
    ];
    let twice = [
        both("parameters", both_ways("parameters", &parameters(words))),
        both("functions", both_ways("functions", &functions(words))),
        both("types", both_ways("types", &types(words))).map(long),
    ];
    places.into_iter().chain(twice.into_iter().flatten()).collect()
}

/// An interface that a world imports and exports.
fn both_ways(world: &str, interface: &str) -> String {
    format!("interface api {{\n{interface}}}\n\nworld {world} {{\n  import api;\n  export api;\n}}\n")
}

/// Parameters of each kind that is passed in a way of its own; as many as are flat, then as many as are not.
fn parameters(words: &[String]) -> String {
    let kinds = ["string", "u32", "list<string>", "borrow<zz-thing>", "option<string>", "f64"];
    let mut out = "  resource zz-thing { constructor(%self: u32); }\n".to_owned();
    for (index, some) in words.chunks(5).chain(words.chunks(17)).enumerate() {
        let params = some.iter().zip(kinds.iter().cycle().skip(index)).map(|(word, kind)| format!("%{word}: {kind}"));
        let params: Vec<String> = params.collect();
        let _ = writeln!(out, "  zz{index}: func({}) -> tuple<string, list<string>>;", params.join(", "));
    }
    out
}

fn fields(words: &[String]) -> String {
    let mut out = String::new();
    for (index, some) in words.chunks(40).enumerate() {
        let fields: Vec<String> = some.iter().map(|word| format!("%{word}: option<string>")).collect();
        let _ = writeln!(
            out,
            "  record zz-r{index} {{ {} }}\n  zz{index}: func(it: zz-r{index}) -> zz-r{index};",
            fields.join(", ")
        );
    }
    out
}

fn cases(words: &[String]) -> String {
    let payloads: Vec<String> = words.iter().map(|word| format!("%{word}(string)")).collect();
    let names: Vec<String> = words.iter().map(|word| format!("%{word}")).collect();
    format!(
        "  variant zz-v {{ {} }}\n  variant zz-bare {{ {names} }}\n  enum zz-e {{ {names} }}\n  \
         zz-f: func(v: zz-v, bare: zz-bare) -> result<zz-v, zz-e>;\n  zz-g: func(e: zz-e) -> result<zz-e, zz-v>;\n",
        payloads.join(", "),
        names = names.join(", ")
    )
}

fn flags(words: &[String]) -> String {
    let mut out = String::new();
    for (index, some) in words.chunks(32).enumerate() {
        let names: Vec<String> = some.iter().map(|word| format!("%{word}")).collect();
        let _ = writeln!(
            out,
            "  flags zz-f{index} {{ {} }}\n  zz{index}: func(it: zz-f{index}) -> zz-f{index};",
            names.join(", ")
        );
    }
    out
}

fn functions(words: &[String]) -> String {
    let one = |word: &String| format!("  %{word}: func(%{word}: string) -> string;\n");
    words.iter().map(one).collect()
}

/// Types with the words as names, that have the same word inside, and are used by functions.
fn types(words: &[String]) -> String {
    let mut out = String::new();
    for (index, word) in words.iter().enumerate() {
        let _ = match index % 5 {
            0 => writeln!(out, "  record %{word} {{ %{word}: option<string> }}"),
            1 => writeln!(out, "  variant %{word} {{ %{word}(string), zz-other }}"),
            2 => writeln!(out, "  enum %{word} {{ %{word}, zz-other }}"),
            3 => writeln!(out, "  flags %{word} {{ %{word}, zz-other }}"),
            _ => writeln!(out, "  type %{word} = list<string>;"),
        };
        let _ = writeln!(out, "  zz{index}: func(it: %{word}) -> result<option<%{word}>, %{word}>;");
    }
    out
}

fn resources(words: &[String]) -> String {
    let mut out = String::new();
    for (index, word) in words.iter().enumerate() {
        let _ = writeln!(
            out,
            "  resource %{word} {{ constructor(%{word}: u32); zz: func({}: borrow<%{word}>); }}",
            param(word)
        );
        let _ = writeln!(out, "  zz{index}: func(%{word}: %{word}) -> list<%{word}>;");
    }
    out
}

fn members(words: &[String]) -> String {
    // A method's parameter cannot be called `self`, which WIT gives to the receiver.
    let method = |word: &String| format!("    %{word}: func({}: string) -> string;\n", param(word));
    let function = |word: &String| format!("    %{word}: static func(%{word}: string) -> string;\n");
    let (methods, functions): (String, String) =
        (words.iter().map(method).collect(), words.iter().map(function).collect());
    format!("  resource zz-m {{\n    constructor();\n{methods}  }}\n  resource zz-s {{\n{functions}  }}\n")
}

fn param(word: &str) -> String {
    if word == "self" { "other".to_owned() } else { format!("%{word}") }
}

fn interfaces(words: &[String]) -> String {
    let mut out = String::new();
    let mut world = String::new();
    for word in words {
        let _ = writeln!(
            out,
            "interface %{word} {{ record %{word} {{ %{word}: string }} zz: func(it: %{word}) -> string; }}"
        );
        let _ = writeln!(world, "  import %{word};\n  export %{word};");
    }
    format!("{out}\nworld interfaces {{\n{world}}}\n")
}

fn inline_interfaces(words: &[String]) -> String {
    let mut world = String::new();
    for word in words {
        let body = format!("interface {{ %{word}: func(%{word}: string) -> string; }}");
        let _ = writeln!(world, "  import %{word}: {body}\n  export %{word}: {body}");
    }
    format!("world inline-interfaces {{\n{world}}}\n")
}

/// Each word as a namespace, a package and an interface.
fn packages(words: &[String]) -> String {
    let (mut world, mut out) = (String::new(), String::new());
    for word in words {
        let _ = writeln!(world, "  import %{word}:%{word}/%{word};\n  export %{word}:%{word}/%{word};");
        let body = format!("interface %{word} {{ %{word}: func() -> string; }}");
        let _ = writeln!(out, "package %{word}:%{word} {{ {body} }}");
    }
    format!("world packages {{\n{world}}}\n\n{out}")
}

fn world_functions(words: &[String]) -> String {
    let mut world = String::new();
    for word in words {
        let _ = writeln!(world, "  import %{word}: func(%{word}: string) -> string;");
        let _ = writeln!(world, "  export %{word}: func(%{word}: string) -> string;");
    }
    format!("world world-functions {{\n{world}}}\n")
}

fn world_types(words: &[String]) -> String {
    let mut world = String::new();
    for (index, word) in words.iter().enumerate() {
        let _ = match index % 3 {
            0 => writeln!(world, "  record %{word} {{ %{word}: string }}"),
            1 => writeln!(world, "  variant %{word} {{ %{word}(string) }}"),
            _ => writeln!(world, "  type %{word} = option<string>;"),
        };
        let _ = writeln!(world, "  export zz{index}: func(it: %{word}) -> %{word};");
    }
    format!("world world-types {{\n{world}}}\n")
}

/// A world that is called as the word, with something to export.
pub fn world(word: &str) -> String {
    format!("package corpus:worlds;\n\nworld %{word} {{ export %{word}: func(%{word}: option<string>); }}\n")
}

/// What runs: every word is a parameter, and each function answers its arguments in order.
pub fn echo(words: &[String]) -> String {
    let mut api = String::new();
    for (index, some) in groups(words) {
        let params: Vec<String> = some.iter().map(|word| format!("%{word}: string")).collect();
        let _ = writeln!(api, "  zz{index}: func({}) -> list<string>;", params.join(", "));
    }
    format!(
        "package corpus:echo;\n\ninterface api {{\n{api}}}\n\nworld callee {{\n  export api;\n}}\n\n\
         world caller {{\n  import api;\n  export run: func() -> list<string>;\n}}\n"
    )
}

/// The words by function: arguments that are passed flat, then those passed in memory.
fn groups(words: &[String]) -> impl Iterator<Item = (usize, &[String])> {
    words.chunks(8).chain(words.chunks(13)).enumerate()
}

/// All arguments in the order of the calls.
pub fn echoed(words: &[String]) -> Vec<String> {
    groups(words).flat_map(|(_, some)| some.to_vec()).collect()
}

/// The guest that answers.
pub fn callee(words: &[String]) -> String {
    let mut out =
        "mod callee;\n\nstruct Callee;\n\nimpl callee::exports::corpus::echo::api::Guest for Callee {\n".to_owned();
    for (index, some) in groups(words) {
        let names: Vec<String> = (0..some.len()).map(|number| format!("a{number}")).collect();
        let params: Vec<String> = names.iter().map(|name| format!("{name}: String")).collect();
        let _ =
            writeln!(out, "    fn zz{index}({}) -> Vec<String> {{ vec![{}] }}", params.join(", "), names.join(", "));
    }
    out + "}\n\ncallee::export!(Callee with_types_in callee);\n"
}

/// The guest that asks: each parameter is given its own name.
pub fn caller(words: &[String]) -> String {
    let mut out =
        "mod caller;\n\nuse caller::corpus::echo::api;\n\nstruct Caller;\n\nimpl caller::Guest for Caller {\n    \
                   fn run() -> Vec<String> {\n        let mut all = Vec::new();\n"
            .to_owned();
    for (index, some) in groups(words) {
        let args: Vec<String> = some.iter().map(|word| format!("{word:?}")).collect();
        let _ = writeln!(out, "        all.extend(api::zz{index}({}));", args.join(", "));
    }
    out + "        all\n    }\n}\n\ncaller::export!(Caller with_types_in caller);\n"
}
