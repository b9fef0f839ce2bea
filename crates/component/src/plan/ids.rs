//! Handles to what a plan defines: one type for each sort, so that a memory is never taken for a table.
//!
//! Holds: a handle is only made by the step that defines the item, so each use names a definition,
//! and steps refer backwards only.

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub(crate) u32);

        impl $name {
            pub(crate) fn slot(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

handles! {
    CoreModuleId
    CoreInstanceId
    CoreFuncId
    CoreTableId
    CoreMemoryId
    CoreGlobalId
    CoreTagId
    /// A core type: of a module or a function.
    CoreTypeId
    /// A component: embedded, nested or imported.
    ComponentRef
    InstanceRef
    FuncRef
    /// A type: of values, functions, instances or components, or a resource.
    TypeRef
    /// The component itself, or the inside of an instance or component type.
    ScopeId
}

/// An item that a core instance exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CoreItem {
    Func(CoreFuncId),
    Table(CoreTableId),
    Memory(CoreMemoryId),
    Global(CoreGlobalId),
    Tag(CoreTagId),
}

/// An item that a component imports or exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemRef {
    CoreModule(CoreModuleId),
    Func(FuncRef),
    Type(TypeRef),
    Instance(InstanceRef),
    Component(ComponentRef),
}

/// The sort of an `ItemRef`, before it exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sort {
    CoreModule,
    Func,
    Type,
    Instance,
    Component,
}

/// The sort of a `CoreItem`, before it exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CoreSort {
    Func,
    Table,
    Memory,
    Global,
    Tag,
}

/// Anything that a debug name can be given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nameable {
    Core(CoreItem),
    CoreInstance(CoreInstanceId),
    CoreType(CoreTypeId),
    Item(ItemRef),
}

macro_rules! into {
    ($($from:ident => $to:ident::$variant:ident)*) => {$(
        impl From<$from> for $to {
            fn from(id: $from) -> Self {
                Self::$variant(id)
            }
        }
    )*};
}

into! {
    CoreFuncId => CoreItem::Func
    CoreTableId => CoreItem::Table
    CoreMemoryId => CoreItem::Memory
    CoreGlobalId => CoreItem::Global
    CoreTagId => CoreItem::Tag
    CoreModuleId => ItemRef::CoreModule
    FuncRef => ItemRef::Func
    TypeRef => ItemRef::Type
    InstanceRef => ItemRef::Instance
    ComponentRef => ItemRef::Component
    CoreItem => Nameable::Core
    CoreInstanceId => Nameable::CoreInstance
    CoreTypeId => Nameable::CoreType
    ItemRef => Nameable::Item
}

macro_rules! nameable {
    ($($from:ident => $via:ident)*) => {$(
        impl From<$from> for Nameable {
            fn from(id: $from) -> Self {
                $via::from(id).into()
            }
        }
    )*};
}

nameable! {
    CoreFuncId => CoreItem
    CoreTableId => CoreItem
    CoreMemoryId => CoreItem
    CoreGlobalId => CoreItem
    CoreTagId => CoreItem
    CoreModuleId => ItemRef
    FuncRef => ItemRef
    TypeRef => ItemRef
    InstanceRef => ItemRef
    ComponentRef => ItemRef
}

impl ItemRef {
    pub fn sort(self) -> Sort {
        match self {
            Self::CoreModule(_) => Sort::CoreModule,
            Self::Func(_) => Sort::Func,
            Self::Type(_) => Sort::Type,
            Self::Instance(_) => Sort::Instance,
            Self::Component(_) => Sort::Component,
        }
    }
}

impl CoreItem {
    pub fn sort(self) -> CoreSort {
        match self {
            Self::Func(_) => CoreSort::Func,
            Self::Table(_) => CoreSort::Table,
            Self::Memory(_) => CoreSort::Memory,
            Self::Global(_) => CoreSort::Global,
            Self::Tag(_) => CoreSort::Tag,
        }
    }
}

/// The one kind of item that the caller knows it is.
impl ItemRef {
    pub fn expect_func(self) -> FuncRef {
        match self {
            Self::Func(id) => id,
            Self::CoreModule(_) | Self::Type(_) | Self::Instance(_) | Self::Component(_) => unreachable!("a function"),
        }
    }

    pub fn expect_type(self) -> TypeRef {
        match self {
            Self::Type(id) => id,
            Self::CoreModule(_) | Self::Func(_) | Self::Instance(_) | Self::Component(_) => unreachable!("a type"),
        }
    }

    pub fn expect_instance(self) -> InstanceRef {
        match self {
            Self::Instance(id) => id,
            Self::CoreModule(_) | Self::Func(_) | Self::Type(_) | Self::Component(_) => unreachable!("an instance"),
        }
    }

    pub fn expect_core_module(self) -> CoreModuleId {
        match self {
            Self::CoreModule(id) => id,
            Self::Func(_) | Self::Type(_) | Self::Instance(_) | Self::Component(_) => unreachable!("a core module"),
        }
    }

    pub fn expect_component(self) -> ComponentRef {
        match self {
            Self::Component(id) => id,
            Self::CoreModule(_) | Self::Func(_) | Self::Type(_) | Self::Instance(_) => unreachable!("a component"),
        }
    }
}

impl CoreItem {
    pub fn expect_func(self) -> CoreFuncId {
        match self {
            Self::Func(id) => id,
            Self::Table(_) | Self::Memory(_) | Self::Global(_) | Self::Tag(_) => unreachable!("a core function"),
        }
    }

    pub fn expect_table(self) -> CoreTableId {
        match self {
            Self::Table(id) => id,
            Self::Func(_) | Self::Memory(_) | Self::Global(_) | Self::Tag(_) => unreachable!("a core table"),
        }
    }
}
