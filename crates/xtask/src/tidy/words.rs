//! Text that belongs to one machine and not to the project.
//!
//! In: all files. Out: paths of a machine, host names of package registries.

use super::{Finding, TextFile};

/// Pieces are joined here, so that this file does not find itself.
const FORBIDDEN: &[(&str, &str)] = &[
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("/fa", "rm/"), "a path of one machine"),
    (concat!("deb.deb", "ian.org"), "a registry's host"),
    (concat!("pypi", ".org"), "a registry's host"),
    (concat!("registry.npm", "js.org"), "a registry's host"),
    (concat!("proxy.gol", "ang.org"), "a registry's host"),
    (concat!("static.cra", "tes.io"), "a registry's host"),
    (concat!("index.cra", "tes.io"), "a registry's host"),
];

pub fn check(files: &[TextFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| !file.path.ends_with(".lock")) {
        for (index, line) in file.text.lines().enumerate() {
            for (word, what) in FORBIDDEN {
                if line.contains(word) {
                    findings.push(format!("{}:{}: `{word}`: {what}", file.path, index + 1));
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_a_machine_is_found() {
        let path = FORBIDDEN[0].0;
        assert_eq!(check(&[TextFile::new("a.md", &format!("see {path}x\n"))]).len(), 1);
        assert_eq!(check(&[TextFile::new("a.md", "see work/x\n")]), Vec::<Finding>::new());
        assert_eq!(check(&[TextFile::new("Cargo.lock", path)]), Vec::<Finding>::new());
    }
}
