//! `withe man`: manual pages, from the same source as `--help`.
//!
//! In: the description of the command line. Out: `withe.1`, `withe-run.1` and so on, or one of them on standard output.
//! Holds: what is hidden in the help is hidden here; there is no date in a page, so the same withe gives the same bytes.

use std::path::Path;

use clap::CommandFactory as _;
use clap_mangen::Man;

use crate::cli::{Cli, ManArgs};
use crate::{Exit, Io};

/// A manual page.
struct Page {
    /// `run`; of a command in a command `bindgen-rust`; empty for withe itself.
    command: String,
    /// `withe-run.1`.
    file: String,
    text: String,
}

pub fn man(args: &ManArgs, io: &mut Io) -> diag::Result<Exit> {
    let pages = pages();
    let wanted = args.command.join("-");
    match &args.out {
        Some(folder) if folder != Path::new("-") && wanted.is_empty() => {
            let files = pages.iter().map(|page| (page.file.as_str(), page.text.as_bytes()));
            io.write_folder(folder, files)
        }
        Some(folder) if folder != Path::new("-") => {
            let page = page_of(&pages, &wanted)?;
            io.write_folder(folder, [(page.file.as_str(), page.text.as_bytes())])
        }
        out => io.write_text(out, &page_of(&pages, &wanted)?.text),
    }
}

fn page_of<'p>(pages: &'p [Page], wanted: &str) -> diag::Result<&'p Page> {
    let Some(page) = pages.iter().find(|page| page.command == wanted) else {
        let names = pages.iter().map(|page| page.command.as_str()).filter(|name| !name.is_empty());
        let near = diag::near_misses(wanted, names);
        let help = match near.first() {
            Some(near) => format!("did you mean `withe man {near}`?"),
            None => "see all commands with `withe --help`".to_owned(),
        };
        return Err(diag::error("usage/unknown-command", format!("there is no command `{wanted}`")).help(help).into());
    };
    Ok(page)
}

/// Every page: withe's own, then its commands' in the order of the help, each before those in it.
fn pages() -> Vec<Page> {
    let mut root = Cli::command();
    root.build();
    let mut pages = Vec::new();
    add(&mut pages, &root);
    pages
}

fn add(pages: &mut Vec<Page>, command: &clap::Command) {
    let name = command.get_display_name().unwrap_or("withe").to_owned();
    let man = Man::new(command.clone()).source(format!("withe {}", env!("CARGO_PKG_VERSION"))).manual("withe");
    let mut text = Vec::new();
    man.render(&mut text).expect("memory takes whatever is written");
    pages.push(Page {
        command: name.strip_prefix("withe-").unwrap_or("").to_owned(),
        file: format!("{name}.1"),
        // An empty date is left out, and what follows would be taken for one.
        text: String::from_utf8_lossy(&text).replacen(" 1  \"", " 1 \"\" \"", 1),
    });
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help") {
        add(pages, inner);
    }
}
