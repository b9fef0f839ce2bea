//! Documentation as strangers might write it, and texts that hold examples: whatever stands there, pages are well-formed,
//! load nothing, lead nowhere outside but by `http`, `https` and `mailto`, and end.
#![allow(clippy::unwrap_used, reason = "tests unwrap")]

mod checked;

use std::sync::Arc;

use diag::Source;
use testing::seeds::{Random, check};
use types::{ItemKind, Types, ValType};
use wit::{Cataloged, LoadOptions, SourceTree};
use withe_docs::examples::{Sheet, examples};
use withe_docs::{Files, Options, site};

/// A package with a place for documentation of every kind.
const WIT: &str = "package a:b@1.2.3;\n\
interface i {\n  record r { x: u8, y: list<r2> }\n  record r2 { z: string }\n  variant v { a(r), b }\n  flags f { p, q }\n  enum e { m, n }\n  type t = option<r>;\n  resource c { constructor(a: u8); get: func() -> r; make: static func(t: t) -> c; }\n  g: func(c: borrow<c>) -> result<v, e>;\n}\n\
interface j { use i.{r, c as d}; h: func(r: r) -> d; }\n\
world w { import i; export j; import k: interface { use i.{r}; l: func(r: r); } type u = u8; export m: func(u: u); }\n";

/// What documentation is made of.
const PIECES: &[&str] = &[
    "a",
    " ",
    "\n",
    "\n\n",
    "text",
    "<",
    ">",
    "&",
    "\"",
    "'",
    "<script>alert(1)</script>",
    "</main></body></html>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?xml?>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](https://example.com/\"><b>)",
    "[a](data:text/html,x)",
    "![i](https://example.com/a.png)",
    "[![i](b)](https://c.example)",
    "[`r`]",
    "[r]",
    "[`i.r`]",
    "[`a:b/i@1.2.3#c.get`]",
    "[`gone`]",
    "`r`",
    "`c.get`",
    "``",
    "```",
    "```wave\n",
    "~~~",
    "# ",
    "## ",
    "- ",
    "1. ",
    "999999999. ",
    "> ",
    "    ",
    "\t",
    "| a | b |\n|---|---|\n",
    "|",
    "||||||||",
    "---",
    "***",
    "**",
    "_",
    "~~",
    "[ ] ",
    "[x] ",
    "[x]: https://example.com 'title'\n",
    "[x]",
    "[^1]",
    "[^1]: note\n",
    "<https://example.com>",
    "<a@b.example>",
    "\\",
    "&lt;",
    "&#0;",
    "&#x202e;",
    "\u{0}",
    "\u{7}",
    "\u{202e}",
    "\u{2066}",
    "\u{fffe}",
    "\u{1f600}",
    "é",
    "\r\n",
    "\r",
    "$x$",
    "{=html}",
    "<div",
    "</div>",
    "<a href='x'>",
];

fn text(random: &mut Random) -> String {
    let count = random.below(60);
    (0..count)
        .map(|_| {
            let piece = *random.pick(PIECES);
            // Nesting without end, wide tables.
            let times = if random.below(12) == 0 { 1 + random.below(300) } else { 1 };
            piece.repeat(times)
        })
        .collect()
}

/// Puts documentation everywhere.
fn document(types: &mut Types, packages: &mut [Cataloged], random: &mut Random) {
    for package in packages {
        package.docs = Some(text(random));
        for instance in package.interfaces.values() {
            let mut exports = std::mem::take(&mut types.instance_mut(*instance).exports);
            for item in exports.values_mut() {
                item.decl.docs = Some(text(random));
                if let ItemKind::Type(ValType::Def(id)) = item.kind
                    && let types::TypeKind::Record(fields) = &mut types.def_mut(id).kind
                {
                    fields.iter_mut().for_each(|field| field.decl.docs = Some(text(random)));
                }
            }
            types.instance_mut(*instance).exports = exports;
            types.instance_mut(*instance).decl.docs = Some(text(random));
        }
        for world in &mut package.worlds {
            world.decl.docs = Some(text(random));
            let items = world.component.imports.values_mut().chain(world.component.exports.values_mut());
            items.for_each(|item| item.decl.docs = Some(text(random)));
        }
    }
}

fn loaded() -> (Types, Vec<Cataloged>) {
    let package = wit::load(&SourceTree::of_text("a.wit", WIT), &LoadOptions::default()).unwrap();
    let mut types = Types::new();
    let packages = package.catalog(&mut types).unwrap();
    (types, packages)
}

fn site_of(docs: &str) -> Files {
    let (types, mut packages) = loaded();
    packages[0].docs = Some(docs.to_owned());
    site(&types, &packages, &Options { title: Some("<b>\"title\"</b>".to_owned()) })
}

fn page(files: &Files) -> &str {
    std::str::from_utf8(&files["a/b/1.2.3/index.html"]).unwrap()
}

#[test]
fn fuzz_documentation_of_strangers() {
    check("documentation_of_strangers", 40, |random| {
        let (mut types, mut packages) = loaded();
        document(&mut types, &mut packages, random);
        let files = site(&types, &packages, &Options::default());
        assert_eq!(checked::check(&files).wrong, Vec::<String>::new());
        assert_eq!(site(&types, &packages, &Options::default()), files);
    });
}

#[test]
fn fuzz_texts_with_examples() {
    let marks = [
        "/// ",
        "///",
        "/** ",
        " * ",
        " */",
        "```wave",
        "```wave,no-run",
        "```",
        "add(1, 2) == 3;",
        "\n",
        "\r\n",
        "interface ",
        "i ",
        "{",
        "}",
        "@since(version = 1.0.0)",
        "f: func();",
        "é",
    ];
    check("texts_with_examples", 300, |random| {
        let count = random.below(80);
        let text: String =
            (0..count).map(|_| *if random.below(4) == 0 { random.pick(PIECES) } else { random.pick(&marks) }).collect();
        let source = Arc::new(Source::new("a \"b\\.wit", &*text));
        let (found, wrong) = examples(&source);
        for example in &found {
            assert!(text.get(example.fence.clone()).is_some_and(|fence| fence.contains("wave")), "{text:?}");
        }
        let sheet = Sheet::of(&found, "a.wasm");
        let whole = Arc::new(Source::new(&*sheet.name, &*sheet.text));
        let (start, end) = (random.below(sheet.text.len() + 1), random.below(sheet.text.len() + 1));
        let place = diag::Place::text(&whole, start.min(end)..start.max(end));
        let located = sheet.located(diag::error("docs/example", "x").label(place, "here"));
        for label in wrong.iter().chain([&located]).flat_map(|one| &one.labels) {
            if let diag::Place::Text { source: of, span } = &label.place {
                assert_eq!(of.name, source.name);
                assert!(span.start <= span.end && span.end <= text.len(), "{span:?} of {}", text.len());
            }
        }
    });
}

#[test]
fn what_has_no_end_is_cut() {
    let deep = format!("{}deep", "> ".repeat(5000));
    let list = (0..2000).map(|level| format!("{}- x\n", " ".repeat(2 * level))).collect::<String>();
    let emphasis = format!("{}a{}", "*".repeat(20_000), "*".repeat(20_000));
    let wide = format!("|{}\n|{}\n{}", "a|".repeat(5000), "-|".repeat(5000), "|x|\n".repeat(5000));
    let long = "a word ".repeat(200_000);
    let brackets = "[".repeat(50_000);
    for docs in [deep, list, emphasis, wide, long, brackets] {
        let files = site_of(&docs);
        assert_eq!(checked::check(&files).wrong, Vec::<String>::new());
        assert!(page(&files).len() < 3 << 20, "{} bytes of {}", page(&files).len(), docs.len());
    }
}

#[test]
fn html_is_shown_and_not_used() {
    let files = site_of("x <script>alert(1)</script> [a](javascript:alert(1)) ![p](https://example.com/p.png)");
    let text = page(&files);
    assert!(
        text.contains("&lt;script&gt;alert(1)&lt;/script&gt; a <a href=\"https://example.com/p.png\" rel="),
        "{text}"
    );
    assert!(text.contains("&lt;b&gt;&quot;title&quot;&lt;/b&gt;"), "{text}");
}

#[test]
fn a_type_that_is_shared_without_end_is_short() {
    // Each holds the one before twice: written out, the last has 2^60 parts.
    let (mut types, packages) = loaded();
    let mut ty = ValType::U8;
    for _ in 0..60 {
        let kind = types::TypeKind::Tuple(vec![ty, ty]);
        let def = types::TypeDef { name: None, owner: types::Owner::Nothing, kind, decl: types::Decl::default() };
        ty = ValType::Def(types.add_type(def));
    }
    let param = types::Param { name: "big".to_owned(), ty, place: None };
    let func = types.add_func(types::FuncType { async_: false, params: vec![param.clone(), param], result: Some(ty) });
    let item = types::Item { kind: ItemKind::Func(func), decl: types::Decl::default() };
    let instance = packages[0].interfaces["i"];
    types.instance_mut(instance).exports.insert(types::ExternName::label("huge"), item);
    let files = site(&types, &packages, &Options::default());
    assert_eq!(checked::check(&files).wrong, Vec::<String>::new());
    assert!(files["a/b/1.2.3/interface.i.html"].len() < 200_000);
}

#[test]
fn thousands_of_interfaces_do_not_name_one_another() {
    let interfaces: String = (0..1000).map(|index| format!("interface i{index} {{ f: func(); }}\n")).collect();
    let package =
        wit::load(&SourceTree::of_text("a.wit", format!("package a:b;\n{interfaces}")), &LoadOptions::default())
            .unwrap();
    let mut types = Types::new();
    let packages = package.catalog(&mut types).unwrap();
    let files = site(&types, &packages, &Options::default());
    assert_eq!(files.len(), 1000 + 6);
    let size: usize = files.values().map(Vec::len).sum();
    assert!(size < 20 << 20, "{size} bytes");
    let page = std::str::from_utf8(&files["a/b/interface.i500.html"]).unwrap();
    assert!(page.contains(">i499<") && page.contains(">i501<") && page.contains("and 900 more"));
}
