//! `withe why`: who asks for a package, from the project down.

use project::deps::Locked;
use project::deps::graph::{Chain, why as chains_to};
use serde_json::{Value, json};

use crate::cli::{Format, WhyArgs};
use crate::commands::{deps, tree};
use crate::{Exit, Io};

pub fn why(args: &WhyArgs, io: &mut Io) -> diag::Result<Exit> {
    let manifest = deps::manifest(args.manifest.manifest.as_deref(), io)?;
    let (name, version) = deps::named(&args.package)?;
    let lock = tree::locked(&manifest)?;
    let is_meant = |locked: &&Locked| {
        let its = locked.version.as_ref().map(ToString::to_string).unwrap_or_default();
        locked.name == name && version.is_none_or(|version| version == its)
    };
    let found: Vec<&Locked> = lock.packages.iter().filter(is_meant).collect();
    if found.is_empty() {
        return Err(deps::not_locked(&args.package, &manifest, &lock.packages));
    }
    let of: Vec<(&Locked, Vec<Chain<'_>>)> =
        found.into_iter().map(|locked| (locked, chains_to(&lock, locked))).collect();
    io.set_result(json!({ "packages": of.iter().map(|(locked, chains)| shown(locked, chains)).collect::<Vec<_>>() }));
    if io.format != Format::Json {
        io.print(&told(&of));
    }
    Ok(Exit::OK)
}

fn shown(locked: &Locked, chains: &[Chain<'_>]) -> Value {
    let step = |(by, requirement, package): &(String, String, &Locked)| json!({ "by": by, "requirement": requirement, "package": package.id() });
    let chain = |chain: &Chain<'_>| chain.iter().map(step).collect::<Vec<_>>();
    json!({ "package": locked.id(), "chains": chains.iter().map(chain).collect::<Vec<_>>() })
}

fn told(of: &[(&Locked, Vec<Chain<'_>>)]) -> String {
    let mut text = String::new();
    for (locked, chains) in of {
        text.push_str(&format!("{} ({})\n", locked.id(), locked.kind.name()));
        for chain in chains {
            let mut steps = chain.iter();
            if let Some((by, requirement, package)) = steps.next() {
                text.push_str(&format!("  {by} asks for {} {requirement}", package.name));
            }
            for (by, requirement, package) in steps {
                text.push_str(&format!("\n    {by} asks for {} {requirement}", package.name));
            }
            text.push('\n');
        }
    }
    text
}
