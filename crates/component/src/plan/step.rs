//! The steps of a plan, in the order in which the component defines its items.

use wasm::Pieces;

use super::Plan;
use super::expr::{Builtin, CanonOptions, CoreTypeExpr, ItemType, Name, TypeExpr};
use super::ids::{
    ComponentRef, CoreFuncId, CoreInstanceId, CoreItem, CoreModuleId, CoreTypeId, FuncRef, InstanceRef, ItemRef,
    TypeRef,
};

/// One definition. The handle that it makes comes first.
#[derive(Clone, Debug, PartialEq)]
pub enum Step<'a> {
    CoreModule {
        id: CoreModuleId,
        bytes: Pieces<'a>,
    },
    CoreInstantiate {
        id: CoreInstanceId,
        module: CoreModuleId,
        args: Vec<(String, CoreInstanceId)>,
    },
    /// A core instance made of items at hand.
    CoreBag {
        id: CoreInstanceId,
        exports: Vec<(String, CoreItem)>,
    },
    CoreAlias {
        item: CoreItem,
        instance: CoreInstanceId,
        name: String,
    },
    CoreType {
        id: CoreTypeId,
        expr: CoreTypeExpr,
    },
    Component {
        id: ComponentRef,
        body: Body<'a>,
    },
    Instantiate {
        id: InstanceRef,
        component: ComponentRef,
        args: Vec<(String, ItemRef)>,
    },
    /// An instance made of items at hand.
    Bag {
        id: InstanceRef,
        exports: Vec<(Name, ItemRef)>,
    },
    Alias {
        item: ItemRef,
        instance: InstanceRef,
        name: String,
    },
    Define {
        id: TypeRef,
        expr: TypeExpr,
    },
    /// A type of the component around this one, of which only nested plans know. It has no resources inside.
    OuterType {
        id: TypeRef,
        /// A handle of the outer plan's root.
        of: TypeRef,
    },
    Resource {
        id: TypeRef,
        dtor: Option<CoreFuncId>,
    },
    Lift {
        id: FuncRef,
        core_func: CoreFuncId,
        ty: TypeRef,
        options: CanonOptions,
    },
    Lower {
        id: CoreFuncId,
        func: FuncRef,
        options: CanonOptions,
    },
    Builtin {
        id: CoreFuncId,
        builtin: Builtin,
    },
    Import {
        item: ItemRef,
        name: Name,
        ty: ItemType,
    },
    /// An export of the component: `item` is the exported view of `of`.
    Export {
        item: ItemRef,
        name: Name,
        of: ItemRef,
        ascribed: Option<ItemType>,
    },
    /// An export that an instance or component type declares.
    DeclaredExport {
        item: ItemRef,
        name: Name,
        ty: ItemType,
    },
}

/// An embedded component.
#[derive(Clone, Debug, PartialEq)]
pub enum Body<'a> {
    Bytes(Pieces<'a>),
    Plan(Box<Plan<'a>>),
}
