//! The README's architecture section against the tables that tidy holds.
//!
//! In: all files and packages. Out: crates that the section does not name, names without a crate, arrows that differ.

use super::layers::{ARROWS, Package};
use super::{Finding, TextFile};

pub fn check(files: &[TextFile], packages: &[Package]) -> Vec<Finding> {
    let Some(readme) = files.iter().find(|file| file.path == "README.md") else {
        return vec!["README.md: is missing".to_owned()];
    };
    let Some((_, section)) = readme.text.split_once("\n## Architecture\n") else {
        return vec!["README.md: has no section `Architecture`".to_owned()];
    };
    let section = section.split("\n## ").next().unwrap_or(section);
    let mut findings = check_folders(section, packages);
    findings.extend(check_arrows(section));
    findings
}

fn check_folders(section: &str, packages: &[Package]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let folders: Vec<&str> = packages.iter().map(|package| package.folder.as_str()).collect();
    for folder in folders.iter().filter(|folder| **folder != "src") {
        if !section.contains(&format!("`crates/{folder}`")) {
            findings.push(format!("README.md: the architecture section does not name `crates/{folder}`"));
        }
    }
    for named in section.split("`crates/").skip(1).filter_map(|rest| rest.split('`').next()) {
        let folder = named.split('/').next().unwrap_or(named);
        if !folders.contains(&folder) {
            findings.push(format!("README.md: the architecture section names `crates/{named}`, which is not there"));
        }
    }
    findings
}

/// A line `wit -> wasm, types, diag` must say what the table says; `abi -> types -> diag` is a chain of arrows.
fn check_arrows(section: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for line in section.lines().filter(|line| line.contains(" -> ")) {
        let ends: Vec<&str> = line.split(" -> ").map(str::trim).collect();
        for pair in ends.windows(2) {
            let [from, to] = pair else { continue };
            let Some((_, allowed)) = ARROWS.iter().find(|(row, _)| row == from) else { continue };
            let mut said: Vec<&str> = to.split(", ").collect();
            let is_same = if said == ["everything"] {
                *from == "src"
            } else if ends.len() > 2 {
                said.iter().all(|name| allowed.contains(name))
            } else {
                let mut allowed = allowed.to_vec();
                allowed.sort_unstable();
                said.sort_unstable();
                said == allowed
            };
            if !is_same {
                findings.push(format!("README.md: `{from} -> {to}` differs from the table: {}", allowed.join(", ")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(section: &str) -> Vec<Finding> {
        let package =
            Package { folder: "wasm".to_owned(), dependencies: Vec::new(), is_default: true, has_lints: true };
        check(
            &[TextFile::new("README.md", &format!("# x\n\n## Architecture\n\n{section}\n\n## Licence\n"))],
            &[package],
        )
    }

    #[test]
    fn a_crate_that_is_not_named_is_found() {
        assert_eq!(findings("`crates/wasm` is there."), Vec::<Finding>::new());
        assert_eq!(findings("Nothing.").len(), 1);
        assert_eq!(findings("`crates/wasm` and `crates/gone`.").len(), 1);
    }

    #[test]
    fn an_arrow_that_differs_is_found() {
        assert_eq!(
            findings("`crates/wasm`\nabi -> types -> diag\nwasm -> diag\nsrc -> everything"),
            Vec::<Finding>::new()
        );
        assert_eq!(findings("`crates/wasm`\nwasm -> diag, types").len(), 1);
        assert_eq!(findings("`crates/wasm`\nabi -> wit -> diag").len(), 1);
    }
}
