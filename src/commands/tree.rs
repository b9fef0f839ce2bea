//! `withe tree`: the packages of a project, below those who ask for them.

use project::deps::Lock;
use project::deps::graph::{Node, tree as tree_of};
use serde_json::{Value, json};

use crate::cli::{Format, TreeArgs};
use crate::commands::deps;
use crate::{Exit, Io};

pub fn tree(args: &TreeArgs, io: &mut Io) -> diag::Result<Exit> {
    let manifest = deps::manifest(args.manifest.manifest.as_deref(), io)?;
    let lock = locked(&manifest)?;
    let roots = tree_of(&lock);
    let (name, version) = (manifest.app.name.value.to_string(), manifest.app.version.value.to_string());
    io.set_result(json!({
        "name": name,
        "version": version,
        "roots": roots.iter().map(|root| json!({ "by": root.by, "packages": nodes(&root.below) })).collect::<Vec<_>>(),
    }));
    if io.format != Format::Json {
        let mut text = format!("{name} {version}\n");
        for (at, root) in roots.iter().enumerate() {
            let is_last = at + 1 == roots.len();
            text.push_str(&format!("{}{}\n", branch(is_last), root.by));
            draw(&root.below, stem(is_last), &mut text);
        }
        io.print(&text);
    }
    Ok(Exit::OK)
}

/// The lock of a project.
///
/// # Errors
///
/// `deps/no-lock`, those of `Lock::parse`.
pub fn locked(manifest: &project::Manifest) -> diag::Result<Lock> {
    let shown = project::deps::shown(manifest, project::deps::lock::FILE);
    let found = Lock::read(&manifest.root, &shown)?;
    found.ok_or_else(|| {
        let headline = format!("there is no `{shown}`, so nothing is known of the project's packages");
        let found = diag::error("deps/no-lock", headline).label(diag::Place::file(&shown), "not there");
        found.help("make it with `withe fetch`").into()
    })
}

fn nodes(nodes: &[Node<'_>]) -> Vec<Value> {
    let node = |node: &Node<'_>| {
        json!({
            "name": node.locked.name.to_string(),
            "version": node.locked.version.as_ref().map(ToString::to_string),
            "kind": node.locked.kind.name(),
            "requirement": node.requirement,
            "repeated": node.is_repeated,
            "needs": self::nodes(&node.below),
        })
    };
    nodes.iter().map(node).collect()
}

fn draw(nodes: &[Node<'_>], before: &str, text: &mut String) {
    for (at, node) in nodes.iter().enumerate() {
        let is_last = at + 1 == nodes.len();
        let version = node.locked.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let repeated = if node.is_repeated { " (see above)" } else { "" };
        let (name, kind) = (&node.locked.name, node.locked.kind.name());
        text.push_str(&format!(
            "{before}{}{name}{version} ({kind}, {}){repeated}\n",
            branch(is_last),
            node.requirement
        ));
        draw(&node.below, &format!("{before}{}", stem(is_last)), text);
    }
}

fn branch(is_last: bool) -> &'static str {
    if is_last { "└── " } else { "├── " }
}

fn stem(is_last: bool) -> &'static str {
    if is_last { "    " } else { "│   " }
}
