//! Functions as function types.

use types::{ExternName, FuncType, Item, ItemKind, Param};
use wit_parser::Function;

use super::{Convert, Scope, Side};

impl Convert<'_> {
    pub(super) fn func(&mut self, side: Side, scope: &mut Scope, function: &Function) -> (ExternName, Item) {
        let params = function
            .params
            .iter()
            .map(|param| Param {
                name: param.name.clone(),
                ty: self.value(side, scope, &param.ty),
                place: self.package.place(param.span),
            })
            .collect();
        let result = function.result.as_ref().map(|result| self.value(side, scope, result));
        let func = self.types.add_func(FuncType { async_: function.kind.is_async(), params, result });
        let name =
            ExternName::parse(&function.name).expect("wit-parser writes function names in the specification's form");
        let decl = self.decl(&function.docs, &function.stability, function.external_id.as_deref(), function.span);
        (name, Item { kind: ItemKind::Func(func), decl })
    }
}
