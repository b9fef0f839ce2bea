//! The trees of the built-in WASI packages against what wit-parser makes of the same texts.

use std::sync::Arc;

use super::ast::{Ast, FuncItem, Interface, InterfaceItem, Item, Name, ResourceItem, TypeDecl, TypeDeclKind};
use super::{Tree, parse};

fn tree(text: &str) -> Tree {
    parse(Arc::new(diag::Source::new("a.wit", text)))
}

/// All interfaces of a file, those of nested packages too.
fn interfaces<'a>(items: &'a [Item], out: &mut Vec<&'a Interface>) {
    for item in items {
        match item {
            Item::Interface(one) => out.push(one),
            Item::Package(one) => interfaces(&one.items, out),
            Item::Use(_) | Item::World(_) => {}
            Item::Error(span) => panic!("what stands at {span:?} could not be read"),
        }
    }
}

/// What an interface declares: its functions, with those of its resources, and its types.
fn counts(text: &str, interface: &Interface) -> (usize, usize) {
    let (mut funcs, mut types) = (0, 0);
    check_name(text, &interface.name);
    for item in &interface.items {
        match item {
            InterfaceItem::Use(one) => types += one.names.len(),
            InterfaceItem::Func(one) => funcs += check_func(text, one),
            InterfaceItem::Type(one) => {
                types += 1;
                funcs += methods(text, one);
            }
            InterfaceItem::Error(span) => panic!("what stands at {span:?} could not be read"),
        }
    }
    (funcs, types)
}

fn methods(text: &str, decl: &TypeDecl) -> usize {
    check_name(text, &decl.name);
    assert!(text[decl.span.clone()].ends_with([';', '}']));
    let TypeDeclKind::Resource(items) = &decl.kind else { return 0 };
    let funcs = items.iter().map(|item| match item {
        ResourceItem::Func(one) => check_func(text, one),
        ResourceItem::Error(span) => panic!("what stands at {span:?} could not be read"),
    });
    funcs.sum()
}

fn check_func(text: &str, func: &FuncItem) -> usize {
    check_name(text, &func.name);
    assert!(text[func.span.clone()].ends_with(';'));
    if let Some(first) = func.attributes.docs.first() {
        assert_eq!(first.start, func.span.start);
    }
    func.func.params.iter().for_each(|param| check_name(text, &param.name));
    1
}

fn check_name(text: &str, name: &Name) {
    assert_eq!(text[name.span.clone()].trim_start_matches('%'), name.text);
}

fn all(ast: &Ast) -> Vec<&Interface> {
    let mut out = Vec::new();
    interfaces(&ast.items, &mut out);
    out
}

#[test]
fn built_in_texts_are_read_as_wit_parser_reads_them() {
    let mut checked = 0;
    for entry in crate::builtin::all() {
        let tree = tree(entry.text);
        assert!(tree.errors.is_empty(), "{:?}", tree.errors);
        let mut map = wit_parser::SourceMap::new();
        map.push_str("a.wit", entry.text);
        let Ok(group) = map.parse() else { panic!("{} is not accepted", entry.name) };
        for interface in all(&tree.ast) {
            let found = counts(entry.text, interface);
            let name = Some(interface.name.text.clone());
            let own = group.main.interfaces.iter().filter(|(_, one)| one.name == name);
            let mut expected = own.map(|(_, one)| (one.functions.len(), one.types.len()));
            assert!(expected.any(|expected| expected == found), "{}: {name:?} {found:?}", entry.name);
            checked += 1;
        }
    }
    assert!(checked > 50, "only {checked} interfaces");
}
