//! What it can touch, in words.

use check::capabilities::{Capabilities, Offer, Through, Touch};
use serde_json::{Value, json};

use super::Report;
use super::items::part_name;
use super::subject::Subject;
use super::table::{Table, one_line};

/// # Errors
/// `unsupported/instances`.
pub fn report(subject: &Subject<'_>) -> diag::Result<Report> {
    let found = subject.capabilities(&subject.wiring()?);
    Ok(Report { key: "capabilities", text: text(&found), json: to_json(&found) })
}

fn text(found: &Capabilities) -> String {
    let mut text = String::new();
    for touch in &found.touches {
        text.push_str(&format!("{}: {}\n", headline(touch), touch.capability.grant()));
        for through in &touch.through {
            text.push_str(&through_text(through));
        }
    }
    if found.touches.is_empty() {
        text.push_str("touches nothing outside of itself\n");
    }
    if !found.idle.is_empty() {
        text.push_str("imported, and without effect since nothing opens a file:\n");
        found.idle.iter().for_each(|function| text.push_str(&format!("    {}\n", one_line(function))));
    }
    for offer in &found.offers {
        text.push_str(&format!("{}\n", offer_text(*offer)));
    }
    text
}

/// `reads files`, ``asks its host for `local:x/y` ``.
pub fn headline(touch: &Touch) -> String {
    match &touch.of {
        Some(import) => format!("{} `{}`", touch.capability.words(), one_line(import)),
        None => touch.capability.words().to_owned(),
    }
}

fn through_text(through: &Through) -> String {
    let mut text = String::new();
    if !through.part.is_empty() {
        let way =
            if through.chain.is_empty() { "no export leads there".to_owned() } else { through.chain.join(" -> ") };
        text.push_str(&format!("  through {} ({})\n", one_line(part_name(&through.part)), one_line(&way)));
    }
    through.functions.iter().for_each(|function| text.push_str(&format!("    {}\n", one_line(function))));
    text
}

pub fn offer_text(offer: Offer) -> &'static str {
    match offer {
        Offer::Program => "is a program: `withe run`",
        Offer::HttpHandler => "serves HTTP: `withe serve`",
    }
}

/// Capabilities, grants and parts, one line each.
pub fn short_text(found: &Capabilities) -> String {
    let mut table = Table::default();
    for touch in &found.touches {
        let parts: Vec<String> = touch.through.iter().map(|through| through.part.clone()).collect();
        let through =
            if parts.iter().all(String::is_empty) { String::new() } else { format!("through {}", parts.join(", ")) };
        table.row([headline(touch), touch.capability.grant().to_owned(), through]);
    }
    for offer in &found.offers {
        table.row([offer_text(*offer)]);
    }
    if found.touches.is_empty() {
        table.row(["touches nothing outside of itself"]);
    }
    table.text("  ")
}

fn to_json(found: &Capabilities) -> Value {
    let through =
        |through: &Through| json!({ "part": through.part, "chain": through.chain, "functions": through.functions });
    let touch = |touch: &Touch| {
        json!({
            "capability": touch.capability.key(),
            "words": headline(touch),
            "import": touch.of,
            "flag": touch.capability.flag(),
            "grant": touch.capability.grant(),
            "through": touch.through.iter().map(through).collect::<Vec<_>>(),
        })
    };
    let offer = |offer: &Offer| match offer {
        Offer::Program => "program",
        Offer::HttpHandler => "http-handler",
    };
    json!({
        "touches": found.touches.iter().map(touch).collect::<Vec<_>>(),
        "idle": found.idle,
        "offers": found.offers.iter().map(offer).collect::<Vec<_>>(),
    })
}
