//! `withe explain`: the page of a diagnostic, or the list of all codes or of those of an area.

use serde_json::json;

use crate::cli::ExplainArgs;
use crate::explain::{self as pages, Page};
use crate::{Exit, Io};

pub fn explain(args: &ExplainArgs, io: &mut Io) -> diag::Result<Exit> {
    match &args.code {
        None => list(&pages::PAGES.iter().collect::<Vec<_>>(), io),
        Some(code) => match pages::area(code.trim_end_matches('/')) {
            area if area.is_empty() => show(code, io),
            area => list(&area, io),
        },
    }
    .map(|()| Exit::OK)
}

fn list(pages: &[&Page], io: &mut Io) -> diag::Result<()> {
    let width = pages.iter().map(|page| page.code.len()).max().unwrap_or(0);
    let lines = pages.iter().map(|page| format!("{:width$}  {}\n", page.code, page.summary()));
    io.print(&lines.collect::<String>());
    let codes = pages.iter().map(|page| json!({ "code": page.code, "summary": page.summary() }));
    io.set_result(json!({ "codes": codes.collect::<Vec<_>>() }));
    Ok(())
}

fn show(code: &str, io: &mut Io) -> diag::Result<()> {
    // A code is pasted as it was shown: `error[wit/syntax]`.
    let bare = code.rsplit_once('[').map_or(code, |(_, bare)| bare).trim_end_matches([']', ':']);
    let Some(page) = pages::page(bare) else {
        let near = diag::near_misses(bare, pages::PAGES.iter().map(|page| page.code));
        let help = match near.first() {
            Some(near) => format!("did you mean `withe explain {near}`?"),
            None => "list all codes with `withe explain`".to_owned(),
        };
        return Err(diag::error("explain/unknown-code", format!("there is no code `{bare}`")).help(help).into());
    };
    io.print(page.text);
    io.set_result(json!({ "code": page.code, "page": page.text }));
    Ok(())
}
