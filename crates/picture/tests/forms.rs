//! All forms: snapshots of small scenes, and names that mean something to one of them.

mod scenes;

use roxmltree::Document;
use scenes::HOSTILE;
use withe_picture::scene::{Node, Scene};
use withe_picture::{dot, html, json, mermaid, read_json, svg};

const STYLES: [&str; 2] = [include_str!("../templates/picture.css"), include_str!("../templates/page.css")];
const SCRIPT: &str = include_str!("../templates/page.js");

/// All forms of a scene, without the style and the script, which are files of their own.
fn all_forms(scene: &Scene) -> String {
    let mut out = String::new();
    let forms = [
        ("json", json(scene)),
        ("dot", dot(scene)),
        ("mermaid", mermaid(scene)),
        ("svg", svg(scene)),
        ("html", html(scene)),
    ];
    for (name, mut text) in forms {
        for (template, name) in STYLES.into_iter().chain([SCRIPT]).zip(["picture.css", "page.css", "page.js"]) {
            text = text.replace(template, &format!("[{name}]\n"));
        }
        out.push_str(&format!("---- {name}\n{text}"));
    }
    out
}

#[test]
fn small_scenes_in_all_forms() {
    insta::assert_snapshot!("three", all_forms(&scenes::three()));
    insta::assert_snapshot!("diamond", all_forms(&scenes::diamond()));
    insta::assert_snapshot!("nested", all_forms(&scenes::nested()));
    insta::assert_snapshot!("middleware", dot(&scenes::middleware()) + &svg(&scenes::middleware()));
    insta::assert_snapshot!("empty", all_forms(&Scene::default()));
}

#[test]
fn the_same_scene_gives_the_same_bytes() {
    let scene = scenes::app(60, 150);
    assert_eq!(all_forms(&scene), all_forms(&scenes::app(60, 150)));
}

#[test]
fn json_is_read_back() {
    for scene in [scenes::three(), scenes::diamond(), scenes::nested(), scenes::hostile(), Scene::default()] {
        assert_eq!(read_json(&json(&scene)), Ok(scene));
    }
    assert_eq!(json(&scenes::middleware()), include_str!("scenes/middleware.json"));
    assert!(read_json(&json(&scenes::three()).replace("withe.graph/1", "withe.graph/2")).is_err());
}

/// What a name becomes in an XML document, where some characters cannot stand.
fn shown(name: &str) -> String {
    name.lines().map(withe_picture::text::visible).collect::<Vec<_>>().join("\n")
}

#[test]
fn no_name_breaks_the_svg() {
    let text = svg(&scenes::hostile());
    let document = Document::parse(&text).expect("the picture is XML");
    let elements = document.descendants().filter(roxmltree::Node::is_element);
    for element in elements {
        let name = element.tag_name().name();
        let known = ["svg", "title", "desc", "style", "rect", "text", "g", "path", "circle"];
        assert!(known.contains(&name), "<{name}>");
        assert!(
            element.attributes().all(|attribute| !attribute.name().starts_with("on") && attribute.name() != "href")
        );
    }
    let titles: Vec<&str> =
        document.descendants().filter(|node| node.has_tag_name("title")).filter_map(|node| node.text()).collect();
    let long = "x".repeat(4000);
    for name in HOSTILE.iter().copied().chain([long.as_str()]).filter(|name| !name.is_empty()) {
        let name = shown(name);
        assert!(titles.iter().any(|title| title.contains(&name)), "no title has {name:?} in full");
    }
    let texts = document.descendants().filter(|node| node.has_tag_name("text")).filter_map(|node| node.text());
    assert!(texts.into_iter().all(|text| text.chars().count() < 120), "a text is not shortened");
}

#[test]
fn pictures_refer_to_nothing_outside() {
    for scene in [scenes::nested(), scenes::hostile()] {
        for text in [svg(&scene), html(&scene)] {
            let named = text.replace("http://www.w3.org/2000/svg", "");
            for word in ["http:", "https:", "url(", "@import", "src=", "href=", "innerHTML", "eval("] {
                assert!(!named.contains(word), "{word}");
            }
        }
    }
}

#[test]
fn no_name_breaks_the_page() {
    let scene = scenes::hostile();
    let text = html(&scene);
    // Two scripts, ours; a name that holds the end of one is escaped in both places where it stands.
    assert_eq!(text.matches("</script").count(), 2);
    assert_eq!(text.matches("<script").count(), 2);
    assert_eq!(text.matches("<!--").count(), 0);
    let data = text.split_once("id=\"scene\">").and_then(|(_, rest)| rest.split_once("</script>"));
    assert_eq!(read_json(data.expect("the page has its data").0), Ok(scene));
    let drawing = text.split_once("<svg").and_then(|(_, rest)| rest.split_once("</svg>")).expect("it has a drawing").0;
    Document::parse(&format!("<svg{drawing}</svg>")).expect("the drawing is XML");
}

/// Where the layout is another's, names have room.
#[test]
fn texts_have_names_in_full() {
    let mut scene = scenes::three();
    let long = "an-instance-with-a-name-that-is-much-too-long-for-a-card-of-a-picture-that-has-a-layout";
    let named = scene.level.nodes.iter_mut().find_map(|node| match node {
        Node::Instance { name, .. } => Some(name),
        Node::Import(_) | Node::Export(_) | Node::Bag { .. } | Node::Definition(_) => None,
    });
    long.clone_into(named.expect("an instance"));
    assert!(mermaid(&scene).contains(long));
    assert!(dot(&scene).contains(long));
}

/// A package of the host with one interface has it at its wire too.
#[test]
fn an_import_alone_has_its_name_at_its_wire() {
    let text = mermaid(&scenes::three());
    let labels: Vec<&str> = text.lines().filter(|line| line.contains("-->") || line.contains("==>")).collect();
    assert!(labels.iter().any(|line| line.contains("monotonic-clock")), "{text}");
}

/// The grammar of DOT, as far as it is used: every statement is read to its end.
#[test]
fn dot_is_read_by_its_grammar() {
    for scene in [scenes::three(), scenes::diamond(), scenes::nested(), scenes::hostile(), Scene::default()] {
        let text = dot(&scene);
        let tokens = dot_tokens(&text);
        let mut depth = 0;
        for pair in tokens.windows(2) {
            match pair[0].as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                "->" | "=" => assert!(pair[1].starts_with(|c: char| c == '"' || c.is_alphanumeric()), "{pair:?}"),
                _ => {}
            }
        }
        assert_eq!(depth, 1, "all but the last brace");
        assert_eq!(tokens.last().map(String::as_str), Some("}"));
    }
}

/// Strings, words and marks; anything else is an error.
fn dot_tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let mut token = c.to_string();
        match c {
            ' ' | '\n' => continue,
            '"' => loop {
                let next = chars.next().expect("a string ends");
                assert!(!next.is_control(), "{next:?} in a string");
                token.push(next);
                if next == '\\' {
                    token.push(chars.next().expect("a backslash is not the end"));
                } else if next == '"' {
                    break;
                }
            },
            '-' => token.push(chars.next().filter(|next| *next == '>').expect("an arrow")),
            '{' | '}' | '[' | ']' | ';' | ',' | '=' => {}
            _ => {
                assert!(c.is_ascii_alphanumeric(), "{c:?} outside of a string");
                while let Some(next) = chars.next_if(|next| next.is_ascii_alphanumeric() || *next == '_') {
                    token.push(next);
                }
            }
        }
        tokens.push(token);
    }
    tokens
}

/// Mermaid: every line is one of the five forms that are used, and no text has a mark that it knows.
#[test]
fn mermaid_is_read_line_by_line() {
    for scene in [scenes::three(), scenes::diamond(), scenes::nested(), scenes::hostile(), Scene::default()] {
        let text = mermaid(&scene);
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("flowchart LR"));
        assert!(lines.next().is_some_and(|line| line.starts_with("  accTitle: ")));
        let mut depth = 0;
        for line in lines.map(str::trim) {
            let quotes = line.matches('"').count();
            assert!(quotes == 0 || quotes == 2, "{line}");
            assert!(!line.contains("\"\""), "an empty text: {line}");
            let outside: String = line.split('"').step_by(2).collect();
            let inside = line.split('"').nth(1).unwrap_or("").replace("<br/>", "");
            for mark in ["<", ">", "{", "}", "[", "]", "(", ")", "|", "%", "`", "&", "\\"] {
                assert!(!inside.contains(mark), "{mark} in {line}");
            }
            match outside.split_whitespace().next() {
                Some("subgraph") => depth += 1,
                Some("end") => depth -= 1,
                Some(word) => assert!(word.starts_with('n') && word[1..2].parse::<u8>().is_ok(), "{line}"),
                None => panic!("an empty line"),
            }
        }
        assert_eq!(depth, 0);
    }
}

/// Content that is embedded once counts once.
#[test]
fn instances_of_one_component_say_so() {
    let scene = scenes::diamond();
    let text = svg(&scene);
    assert!(text.contains("1 of 2 alike") && text.contains("2 of 2 alike"), "{text}");
    assert!(text.contains("4 component instances · 3 different components · 14.4 KiB"), "{text}");
    let parts: u64 = scene.level.parts().keys().filter_map(|part| scene.part(*part).size).sum();
    assert_eq!(parts, scene.size);
}

/// A composition is drawn from inside once, in its first instance.
#[test]
fn what_is_inside_is_drawn_once() {
    let text = svg(&scenes::nested());
    assert_eq!(text.matches(">leaf-1<").count(), 1);
    assert_eq!(text.matches(">middle-1<").count(), 1);
    // A component that is in itself thousands of times over is no larger a picture.
    let mut scene = scenes::nested();
    let mut build = scenes::Builder { scene: std::mem::take(&mut scene), level: Default::default() };
    for depth in 0..60 {
        let part = build.part(&format!("deep{depth}"), 10);
        let before = withe_picture::PartId(part.0 - 1);
        let mut level = withe_picture::Level::default();
        for name in ["left", "right"] {
            level.add(Node::Instance { name: name.to_owned(), part: before });
        }
        build.scene.parts[part.0].inner = Some(level);
        if depth == 59 {
            build.instance("all", part);
        }
    }
    let scene = build.end();
    assert!(svg(&scene).len() < 100_000 && html(&scene).len() < 400_000);
}

/// Text has a contrast of at least 4.5 with what it stands on and lines one of 3, in light and in dark.
#[test]
fn colours_have_contrast() {
    let (light, dark) = STYLES[0].split_once("@media").expect("there are colours for the dark");
    for (rules, above) in [(light, ""), (dark, light)] {
        let color = |selector: &str, property: &str| {
            let of = |rules: &str| {
                let rule = rules.lines().find(|line| line.starts_with(&format!(".withe {selector} {{")))?;
                let value = rule.split_once(&format!(" {property}: #"))?.1;
                u32::from_str_radix(&value[..6], 16).ok()
            };
            of(rules).or_else(|| of(above)).unwrap_or_else(|| panic!("{selector} has no {property}"))
        };
        let grounds = [".box", ".host > .box", ".exports > .box", ".bag > .box", ".definition > .box"];
        for ground in grounds.into_iter().chain([".ground", ".label > rect", ".badge"]) {
            for text in ["text", ".row"] {
                let contrast = contrast(color(text, "fill"), color(ground, "fill"));
                assert!(contrast >= 4.5, "{text} on {ground}: {contrast}");
            }
        }
        let lines = [".wire", ".wire.res", ".h0", ".h1", ".h2", ".h3", ".h4", ".h5", ".box", ".host > .box"];
        for line in lines.into_iter().chain([".exports > .box", ".bag > .box", ".definition > .box"]) {
            let contrast = contrast(color(line, "stroke"), color(".ground", "fill"));
            assert!(contrast >= 3.0, "{line}: {contrast}");
        }
    }
}

/// WCAG 2.2, "contrast ratio".
fn contrast(a: u32, b: u32) -> f64 {
    let channel = |value: u32| {
        let value = f64::from(value & 0xff) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let light = |color: u32| 0.2126 * channel(color >> 16) + 0.7152 * channel(color >> 8) + 0.0722 * channel(color);
    let (a, b) = (light(a) + 0.05, light(b) + 0.05);
    (a / b).max(b / a)
}
