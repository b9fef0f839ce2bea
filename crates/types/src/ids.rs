//! Handles into the tables of `Types`, one type for each table, and the table itself.

use std::marker::PhantomData;

/// A handle that indexes one table.
pub trait Id: Copy {
    fn from_index(index: u32) -> Self;
    fn index(self) -> usize;
}

/// Makes types of handles: `ids! { /// What it stands for. NameId .. }`.
#[macro_export]
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u32);

        impl $crate::ids::Id for $name {
            fn from_index(index: u32) -> Self {
                Self(index)
            }
            fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A defined value type.
    TypeId
    /// A resource type; two are the same type exactly when their ids are equal.
    ResourceId
    /// A function type.
    FuncId
    /// An instance type: an interface as one world imports or exports it.
    InstanceId
    /// A component type.
    ComponentId
    /// The type of a core module.
    CoreModuleTypeId
}

/// An append-only table indexed by one kind of handle.
#[derive(Clone, Debug)]
pub struct Table<I, T> {
    items: Vec<T>,
    id: PhantomData<I>,
}

impl<I, T> Default for Table<I, T> {
    fn default() -> Self {
        Self { items: Vec::new(), id: PhantomData }
    }
}

impl<I: Id, T> Table<I, T> {
    pub fn push(&mut self, item: T) -> I {
        let id = self.next_id();
        self.items.push(item);
        id
    }

    /// The handle of what is pushed next.
    ///
    /// # Panics
    /// If the table is full, as `push` does.
    pub fn next_id(&self) -> I {
        let index = u32::try_from(self.items.len()).expect("wasm inputs are below 4 GiB, so a table holds fewer items");
        I::from_index(index)
    }

    pub fn get(&self, id: I) -> &T {
        &self.items[id.index()]
    }

    pub fn get_mut(&mut self, id: I) -> &mut T {
        &mut self.items[id.index()]
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (I, &T)> {
        (0..).map(I::from_index).zip(&self.items)
    }
}
