//! `withe explain`: the page of a diagnostic, or the list of all codes.

use serde_json::json;

use crate::cli::ExplainArgs;
use crate::{Exit, Io, explain as pages};

pub fn explain(args: &ExplainArgs, io: &mut Io) -> diag::Result<Exit> {
    match &args.code {
        None => list(io),
        Some(code) => show(code, io),
    }
    .map(|()| Exit::OK)
}

fn list(io: &mut Io) -> diag::Result<()> {
    let width = pages::PAGES.iter().map(|page| page.code.len()).max().unwrap_or(0);
    let lines = pages::PAGES.iter().map(|page| format!("{:width$}  {}\n", page.code, page.summary()));
    io.print(&lines.collect::<String>());
    let codes = pages::PAGES.iter().map(|page| json!({ "code": page.code, "summary": page.summary() }));
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
