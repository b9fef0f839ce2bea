//! The wiring as text, without a check: all interfaces as imports where one stays open, parts, instances, exports.

use std::fmt::Write as _;

use crate::parts::{From, Interface, Part, RESOURCES, instance_type, interface_name};
use crate::wire::Wires;

pub fn text(interfaces: &[Interface], kinds: &[Part], texts: &[String], wires: &Wires) -> String {
    let mut out = String::from("(component\n");
    imports(&mut out, interfaces, &open(interfaces, kinds, wires));
    for (part, text) in texts.iter().enumerate() {
        if wires.instances.iter().any(|instance| instance.part == part) {
            let _ = writeln!(out, "(component $p{part}\n{text})");
        }
    }
    for (at, instance) in wires.instances.iter().enumerate() {
        let part = &kinds[instance.part];
        let mut given = String::new();
        for (import, arg) in part.imports.iter().zip(&instance.args) {
            let of = match arg {
                Some(arg) => {
                    let alias = format!("$n{at}_{}", import.name.replace([':', '/'], "_"));
                    let _ = writeln!(
                        out,
                        "  (alias export $n{} \"{}\" (instance {alias}))",
                        arg.instance,
                        wires.export_name(*arg)
                    );
                    alias
                }
                None => format!("$open{}", import.interface),
            };
            let _ = write!(given, " (with \"{}\" (instance {of}))", import.name);
        }
        if let Some((arg, func)) = &instance.root {
            let _ = writeln!(
                out,
                "  (alias export $n{} \"{}\" (instance $n{at}_root))\n  (alias export $n{at}_root \"f{func}\" (func $n{at}_func))",
                arg.instance,
                wires.export_name(*arg)
            );
            let _ = write!(given, " (with \"root\" (func $n{at}_func))");
        }
        let _ = writeln!(out, "  (instance $n{at} (instantiate $p{}{given}))", instance.part);
    }
    for (index, (name, given)) in wires.exports.iter().enumerate() {
        let _ = writeln!(
            out,
            "  (alias export $n{} \"{}\" (instance $x{index}))\n  (export \"{name}\" (instance $x{index}))",
            given.instance,
            wires.export_name(*given)
        );
    }
    out.push(')');
    out
}

/// The interfaces that stay open, and those that they use.
fn open(interfaces: &[Interface], kinds: &[Part], wires: &Wires) -> Vec<usize> {
    let mut open: Vec<bool> = vec![false; interfaces.len()];
    for instance in &wires.instances {
        for (import, arg) in kinds[instance.part].imports.iter().zip(&instance.args) {
            open[import.interface] |= arg.is_none();
        }
    }
    for number in (0..interfaces.len()).rev().filter(|number| open[*number]).collect::<Vec<_>>() {
        mark(interfaces, number, &mut open);
    }
    (0..interfaces.len()).filter(|number| open[*number]).collect()
}

fn mark(interfaces: &[Interface], number: usize, open: &mut [bool]) {
    open[number] = true;
    for from in &interfaces[number].resources {
        if let From::Use(other, _) = *from {
            mark(interfaces, other, open);
        }
    }
}

fn imports(out: &mut String, interfaces: &[Interface], open: &[usize]) {
    for &number in open {
        let interface = &interfaces[number];
        let funcs: Vec<(usize, usize, usize)> =
            interface.funcs.iter().enumerate().map(|(index, (shape, position))| (index, *shape, *position)).collect();
        let used = |other: usize, position: usize| format!("$open{other}_{}", RESOURCES[position]);
        let body = instance_type(&interface.resources, &funcs, &used);
        let _ = writeln!(out, "  (import \"{}\" (instance $open{number}\n{body}))", interface_name(number));
        for name in &RESOURCES[..interface.resources.len()] {
            let _ = writeln!(out, "  (alias export $open{number} \"{name}\" (type $open{number}_{name}))");
        }
    }
}
