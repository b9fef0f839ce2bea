//! Prints how a component is wired: `describe COMPONENT [NAME=MODULE]...`.
#![expect(clippy::print_stdout, reason = "a tool for the developer")]

use withe_oracle::wiring::{Component, Input};

fn main() -> Result<(), String> {
    let mut args = std::env::args().skip(1);
    let read = |path: &str| wat::parse_file(path).map_err(|error| error.to_string());
    let component = read(&args.next().ok_or("describe COMPONENT [NAME=MODULE]...")?)?;
    let named = args.map(|arg| {
        let (name, path) = arg.split_once('=').ok_or("expected NAME=MODULE")?;
        Ok((name.to_owned(), read(path)?))
    });
    let modules = named.collect::<Result<Vec<_>, String>>()?;
    let inputs: Vec<Input<'_>> = modules.iter().map(|(name, bytes)| Input { name: name.clone(), bytes }).collect();
    for (key, found) in Component::read(&component)?.wiring(&inputs)?.0 {
        println!("{key}\n    {found}");
    }
    Ok(())
}
