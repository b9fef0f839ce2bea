//! Function types.
//!
//! Specification: WIT, "Functions".

use types::{FuncId, FuncType, Param, ResourceId, TypeKind};

use super::Resolver;
use crate::syntax::tree::{self, Name};

impl Resolver<'_, '_> {
    /// A function type; `receiver` is the resource of a method.
    pub(super) fn func_with(&mut self, func: &tree::FuncType, receiver: Option<(&Name, ResourceId)>) -> Option<FuncId> {
        let mut params = Some(Vec::new());
        if let Some((name, resource)) = receiver {
            let handle = self.handle(name, TypeKind::Borrow(resource));
            params = handle.map(|ty| vec![Param { name: "self".to_owned(), ty, place: None }]);
        }
        let rest = self.params(&func.params);
        let result = self.optional(func.result.as_ref());
        if let (Some(Some(ty)), Some(written)) = (result, &func.result)
            && !self.has_no_borrow(ty, written.span, "a result")
        {
            return None;
        }
        let mut params = params?;
        params.extend(rest?);
        Some(self.types.add_func(FuncType { async_: func.is_async, params, result: result? }))
    }

    pub(super) fn params(&mut self, params: &[tree::Param]) -> Option<Vec<Param>> {
        self.distinct("parameter", params.iter().map(|param| &param.name));
        let types: Vec<_> = params.iter().map(|param| self.val_type(&param.ty)).collect();
        let types = types.into_iter().collect::<Option<Vec<_>>>()?;
        let params = params.iter().zip(types);
        let params =
            params.map(|(param, ty)| Param { name: param.name.text.clone(), ty, place: Some(self.place(param.span)) });
        Some(params.collect())
    }
}
