//! Worlds in which words that JavaScript, TypeScript or our own output use stand wherever WIT has a name.
//!
//! In: reserved words, globals, names that are generated. Out: one world for each kind of place.

use testing::Trouble;
use withe_bindgen_js::names;

use super::Named;

/// Words that mean something in TypeScript, in the libraries that it knows, or in what we write.
const WORDS: &str = "abstract accessor any as asserts assert asynchronous bigint boolean constructor declare \
    disposable exports from get global has import-object infer intrinsic is instantiate imports key-of keyof \
    length local module name namespace never number object of out override prototype caller require root readonly \
    satisfies self set string symbol then to-string type unique unknown use using val tag value void web-assembly \
    iterable async-iterable promise-like record partial component-error get-core-module to-json has-own-property \
    proto define-getter x y";

/// All words as WIT labels, each once.
fn words() -> Vec<String> {
    let kebab = |word: &str| {
        let mut out = String::new();
        for c in word.chars() {
            if c.is_ascii_uppercase()
                && out.ends_with(|before: char| before.is_ascii_lowercase() || before.is_ascii_digit())
            {
                out.push('-');
            }
            out.push(c);
        }
        out.to_ascii_lowercase()
    };
    let all =
        names::RESERVED.iter().chain(names::GLOBALS).map(|word| kebab(word)).chain(WORDS.split(' ').map(str::to_owned));
    let mut known = std::collections::BTreeMap::new();
    for word in all.filter(|word| !word.is_empty()) {
        known.entry(word.replace('-', "")).or_insert(word);
    }
    known.into_values().collect()
}

fn worlds_of(name: &str, wit: &str) -> Result<Vec<Named>, Trouble> {
    super::worlds(name, &wit::SourceTree::of_text("world.wit", format!("package corpus:{name};\n{wit}")))
}

/// One world for each kind of place.
fn texts() -> Vec<(&'static str, String)> {
    let words = words();
    let both = |(name, body): (&'static str, String)| {
        (name, format!("interface api {{ {body} }}\nworld w {{ import api; export api; }}"))
    };
    in_interfaces(&words).into_iter().map(both).chain(in_worlds(&words)).collect()
}

/// A text for each word, one below the other.
fn each(words: &[String], text: impl Fn(&str) -> String) -> String {
    words.iter().map(|word| text(word)).collect::<Vec<_>>().join("\n")
}

/// Bodies of interfaces.
fn in_interfaces(words: &[String]) -> Vec<(&'static str, String)> {
    let each = |text: &dyn Fn(&str) -> String| each(words, text);
    let params = each(&|word| format!("%{word}: option<string>,"));
    let cases = each(&|word| format!("%{word}(list<u8>),"));
    let flags = words.chunks(32).enumerate().map(|(at, some)| {
        let labels = some.iter().map(|word| format!("%{word}")).collect::<Vec<_>>().join(", ");
        format!("flags zz-f{at} {{ {labels} }} zz-g{at}: func(it: zz-f{at}) -> zz-f{at};")
    });
    let funcs = each(&|word| format!("%{word}: func(it: list<u8>) -> result<map<string, string>, string>;"));
    let asynchronous = each(&|word| format!("%{word}: async func(it: stream<u8>) -> future<error-context>;"));
    let variants = each(&|word| format!("variant %{word} {{ a, b-c(list<s8>) }}"));
    let aliases = each(&|word| format!("type %{word} = list<u16>;"));
    let users = each(&|word| format!("zzf-{word}: func(it: option<%{word}>) -> list<%{word}>;"));
    let members = each(&|word| format!("%{word}: func() -> result<list<u8>, u8>;"));
    let statics = each(&|word| format!("%{word}: static func(a: option<u8>);"));
    let (records, resources) = (records(words), resources(words));
    vec![
        ("parameters", format!("f: func({params});")),
        ("fields", format!("record r {{ {params} }} f: func(r: r) -> r;")),
        ("cases", format!("variant v {{ {cases} }} f: func(v: v) -> v;")),
        ("labels", flags.collect::<Vec<_>>().join("\n")),
        ("functions", funcs),
        ("async-functions", asynchronous),
        ("records", format!("{records}\n{users}")),
        ("variants", format!("{variants}\n{users}")),
        ("aliases", format!("{aliases}\n{users}")),
        ("resource-names", format!("{resources}\nzz-f: func() -> stream<list<u8>>;")),
        ("methods", format!("resource r {{ {members} }}")),
        ("statics", format!("resource r {{ {statics} }}")),
    ]
}

fn records(words: &[String]) -> String {
    let fields = "a: list<u8>, b: list<u64>, c: map<string, f32>, d: stream<string>, e: error-context";
    each(words, |word| format!("record %{word} {{ {fields} }}"))
}

fn resources(words: &[String]) -> String {
    each(words, |word| {
        let members = format!("zz: func() -> own<%{word}>; zzs: static func(a: future<u8>);");
        format!("resource %{word} {{ constructor(it: list<u8>); {members} }}")
    })
}

/// Whole worlds.
fn in_worlds(words: &[String]) -> Vec<(&'static str, String)> {
    let each = |text: &dyn Fn(&str) -> String| each(words, text);
    let (records, resources) = (records(words), resources(words));
    let interfaces = each(&|word| format!("interface %{word} {{ resource r; f: func(a: r) -> r; }}"));
    let both = each(&|word| format!("import %{word}; export %{word};"));
    let inline = "interface { resource r; f: func(a: r) -> r; }";
    let inlines = each(&|word| format!("import %{word}: {inline} export zz-{word}: {inline}"));
    let imports = each(&|word| format!("import %{word}: func() -> result<list<u8>>;"));
    let exports = each(&|word| format!("export %{word}: func() -> result<list<u8>>;"));
    let users = each(&|word| format!("export zzf-{word}: func(it: option<%{word}>);"));
    let zz = "import zz-f: func() -> result<list<u8>>; export zz-g: func(a: promise) -> result<list<u8>>;";
    vec![
        ("interfaces", format!("{interfaces}\nworld w {{ {both} }}")),
        ("inline-interfaces", format!("world w {{ {inlines} }}")),
        ("world-imports", format!("world w {{ {imports} }}")),
        ("world-exports", format!("world w {{ {exports} }}")),
        ("world-types", format!("world w {{ {records}\n{zz} {users} }}")),
        ("world-resources", format!("world w {{ {resources}\n{zz} }}")),
    ]
}

/// All of them, read.
pub fn worlds() -> Result<Vec<Named>, Trouble> {
    let mut found = Vec::new();
    for (name, text) in texts() {
        found.extend(worlds_of(name, &text)?);
    }
    Ok(found)
}
