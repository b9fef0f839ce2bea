//! What holds for every site: its pages are well-formed, its anchors are unique, its links lead to what is there, and
//! nothing comes from outside.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Document, ParsingOptions};
use withe_docs::Files;

/// What was looked at, and what is wrong.
#[derive(Debug, Default)]
pub struct Checked {
    pub pages: usize,
    pub links: usize,
    pub wrong: Vec<String>,
}

pub fn check(files: &Files) -> Checked {
    let mut checked = Checked::default();
    let mut ids: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut links: Vec<(&str, String)> = Vec::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        checked.pages += 1;
        let text = std::str::from_utf8(bytes).unwrap();
        let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
        let page = match Document::parse_with_options(text, options) {
            Ok(page) => page,
            Err(error) => {
                checked.wrong.push(format!("{path}: {error}"));
                continue;
            }
        };
        let own = ids.entry(path).or_default();
        for node in page.descendants().filter(roxmltree::Node::is_element) {
            if let Some(id) = node.attribute("id")
                && !own.insert(id.to_owned())
            {
                checked.wrong.push(format!("{path}: two of `{id}`"));
            }
            checked.wrong.extend(fault(path, node));
            links.extend(node.attribute("href").or(node.attribute("src")).map(|to| (path.as_str(), to.to_owned())));
        }
    }
    for (from, to) in links.iter().filter(|(_, to)| !is_outside(to)) {
        checked.links += 1;
        if !leads_somewhere(from, to, files, &ids) {
            checked.wrong.push(format!("{from}: `{to}` leads nowhere"));
        }
    }
    checked
}

fn is_outside(to: &str) -> bool {
    ["http://", "https://", "mailto:"].iter().any(|scheme| to.to_ascii_lowercase().starts_with(scheme))
}

/// Elements and attributes that a page must not have.
fn fault(path: &str, node: roxmltree::Node<'_, '_>) -> Option<String> {
    let tag = node.tag_name().name();
    let src = node.attribute("src").is_some_and(is_outside);
    let sheet = tag == "link" && node.attribute("href").is_some_and(is_outside);
    let handler = node.attributes().any(|attribute| attribute.name().starts_with("on") || attribute.name() == "style");
    let nested = tag == "a" && node.ancestors().skip(1).any(|outer| outer.tag_name().name() == "a");
    let frames = ["iframe", "img", "object", "embed", "form", "style", "base"].contains(&tag);
    let script = tag == "script" && (node.attribute("src").is_none() || node.text().is_some());
    let is_bad = src || sheet || handler || nested || frames || script;
    is_bad.then(|| format!("{path}: a page has `{tag}` with {:?}", node.attributes().collect::<Vec<_>>()))
}

fn leads_somewhere(from: &str, to: &str, files: &Files, ids: &BTreeMap<&str, BTreeSet<String>>) -> bool {
    let (path, id) = to.split_once('#').map_or((to, None), |(path, id)| (path, Some(decoded(id))));
    let target = if path.is_empty() { from.to_owned() } else { joined(from, &decoded(path)) };
    files.contains_key(&target) && id.is_none_or(|id| ids.get(target.as_str()).is_some_and(|ids| ids.contains(&id)))
}

fn joined(from: &str, to: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in to.split('/') {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

fn decoded(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let hex = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        if byte == b'%'
            && let (Some(high), Some(low)) = (hex(bytes.next()), hex(bytes.next()))
        {
            out.push(u8::try_from(high * 16 + low).unwrap());
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).unwrap()
}
