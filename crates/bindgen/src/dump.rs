//! Bindings as text, for tests.

use std::fmt::Write as _;

use crate::{Bindings, Func, Interface, InterfaceKey, NamedType, NamedTypeKind, Role, wit};

impl Bindings<'_> {
    /// Every item in order, one a line; the same bindings give the same text.
    pub fn dump(&self) -> String {
        let mut out = String::new();
        for interface in self.imports.iter().chain(&self.exports) {
            self.dump_interface(interface, &mut out);
        }
        out
    }

    fn dump_interface(&self, interface: &Interface<'_>, out: &mut String) {
        let role = match interface.role {
            Role::Import => "import",
            Role::Export => "export",
        };
        let key = match interface.key {
            InterfaceKey::Root => "(root)".to_owned(),
            InterfaceKey::Label(label) => label.to_owned(),
            InterfaceKey::Name(name) => name.to_string(),
        };
        let _ = writeln!(out, "{role} {key}");
        for ty in &interface.types {
            let _ = writeln!(out, "  {}", self.dump_type(ty));
        }
        for func in &interface.funcs {
            let _ = writeln!(out, "  {}", self.dump_func(func));
        }
    }

    fn dump_type(&self, ty: &NamedType<'_>) -> String {
        match ty.kind {
            NamedTypeKind::Defined(_) => format!("type {}", ty.name),
            NamedTypeKind::Alias { id: Some(id), .. } => {
                format!("alias {} = {}", ty.name, wit::definition(self.types, id))
            }
            NamedTypeKind::Alias { id: None, target } => {
                format!("alias {} = {}", ty.name, wit::value(self.types, target))
            }
            NamedTypeKind::Resource(_) => format!("resource {}", ty.name),
            NamedTypeKind::ResourceAlias(id) => {
                format!("alias {} = resource {}", ty.name, self.types.resource(id).name)
            }
        }
    }

    fn dump_func(&self, func: &Func<'_>) -> String {
        let module = func.core_module.as_ref().map(|module| format!("{module} ")).unwrap_or_default();
        let signature = &func.call.signature;
        format!("{} = {module}{} {signature}", wit::func(self.types, func.name, func.ty), func.core_name)
    }
}

#[cfg(test)]
mod tests {
    use types::Types;

    use crate::bindings;

    const WIT: &str = "
        package local:shop@1.0.0;
        interface goods {
          resource item { constructor(name: string); name: func() -> string; all: static func() -> list<item>; }
          type bag = list<item>;
          record price { cents: u32 }
        }
        interface till {
          use goods.{item, price};
          pay: func(for: borrow<item>, price: price) -> result<u32, string>;
        }
        world shop {
          import goods;
          export till;
          export goods;
          type count = u32;
          import announce: func(text: string, times: count);
          export bell: interface { ring: func(); }
        }";

    #[test]
    fn items_keep_their_order_and_aliases_their_scope() {
        let package = wit::load(&wit::SourceTree::of_text("shop.wit", WIT), &wit::LoadOptions::default()).unwrap();
        let mut types = Types::new();
        let world = package.world(&mut types, None).unwrap();
        let expected = "\
import (root)
  alias count = u32
  announce: func(text: string, times: count) = $root announce (func (param i32 i32 i32))
import local:shop/goods@1.0.0
  resource item
  alias bag = list<item>
  type price
  constructor(name: string) = local:shop/goods@1.0.0 [constructor]item (func (param i32 i32) (result i32))
  name: func() -> string = local:shop/goods@1.0.0 [method]item.name (func (param i32 i32))
  all: static func() -> list<item> = local:shop/goods@1.0.0 [static]item.all (func (param i32))
export local:shop/goods@1.0.0
  resource item
  alias bag = list<item>
  type price
  constructor(name: string) = local:shop/goods@1.0.0#[constructor]item (func (param i32 i32) (result i32))
  name: func() -> string = local:shop/goods@1.0.0#[method]item.name (func (param i32) (result i32))
  all: static func() -> list<item> = local:shop/goods@1.0.0#[static]item.all (func (result i32))
export local:shop/till@1.0.0
  alias item = resource item
  alias price = price
  pay: func(for: borrow<item>, price: price) -> result<u32, string> = local:shop/till@1.0.0#pay (func (param i32 i32) (result i32))
export bell
  ring: func() = bell#ring (func)
";
        assert_eq!(bindings(&types, &world, Vec::new()).dump(), expected);
    }
}
