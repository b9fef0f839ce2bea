//! Values in memory.

use abi::{Cases, CodecId, Shape};

use super::{Coder, Op, scalar_type};
use crate::model::View;

/// A function that loads or stores, as it is called with an address: directly, or as an argument of another one.
pub(super) struct Form {
    pub(super) func: String,
    /// Type arguments, where calls need none.
    pub(super) types: String,
    /// Arguments behind the usual ones.
    pub(super) more: Vec<String>,
}

impl Form {
    pub(super) fn of(func: impl Into<String>) -> Self {
        Self { func: func.into(), types: String::new(), more: Vec::new() }
    }

    pub(super) fn typed(func: &str, types: impl AsRef<str>) -> Self {
        Self { func: func.to_owned(), types: format!("[{}]", types.as_ref()), more: Vec::new() }
    }

    pub(super) fn with(self, more: impl IntoIterator<Item = String>) -> Self {
        Self { more: more.into_iter().collect(), ..self }
    }
}

impl<'t> Coder<'_, 't> {
    /// An expression that loads.
    pub(super) fn load(&mut self, view: &mut View<'_, 't>, id: CodecId, at: &str) -> String {
        let form = self.loader(view, id);
        let call = self.call();
        view.rt();
        let args: Vec<String> = [call, at.to_owned()].into_iter().chain(form.more).collect();
        format!("{}{}({})", form.func, form.types, args.join(", "))
    }

    /// A function that loads, as an argument.
    pub(super) fn load_func(&mut self, view: &mut View<'_, 't>, id: CodecId) -> String {
        let form = self.loader(view, id);
        view.rt();
        if form.more.is_empty() {
            return form.func + &form.types;
        }
        self.form_helper(view, id, Op::Load, form)
    }

    /// A statement that stores.
    pub(super) fn store(&mut self, view: &mut View<'_, 't>, id: CodecId, at: &str, value: &str) -> String {
        let form = self.storer(view, id, value);
        let call = self.call();
        view.rt();
        let args: Vec<String> = [call, at.to_owned(), value.to_owned()].into_iter().chain(form.more).collect();
        format!("{}({})", form.func, args.join(", "))
    }

    /// A function that stores, as an argument.
    pub(super) fn store_func(&mut self, view: &mut View<'_, 't>, id: CodecId) -> String {
        let value = self.names.value.clone();
        let form = self.storer(view, id, &value);
        view.rt();
        if form.more.is_empty() {
            return form.func + &form.types;
        }
        self.form_helper(view, id, Op::Store, form)
    }

    fn loader(&mut self, view: &mut View<'_, 't>, id: CodecId) -> Form {
        if self.is_plain(id) {
            let ty = self.ty(view, id);
            return Form::typed("rt.Load", ty);
        }
        match self.codecs.get(id).shape.clone() {
            Shape::Nothing => unreachable!("only what is freed can be nothing"),
            Shape::Scalar(abi::Scalar::Bool) => Form::of("rt.LoadBool"),
            Shape::Scalar(abi::Scalar::Char) => Form::of("rt.LoadChar"),
            Shape::Scalar(scalar) => Form::typed("rt.Load", scalar_type(scalar)),
            Shape::String => Form::of("rt.LoadString"),
            Shape::List { element } if self.is_plain(element) => {
                let ty = self.ty(view, element);
                Form::typed("rt.LoadSlice", ty)
            }
            Shape::List { element } => {
                let size = self.size(element);
                Form::of("rt.LoadList").with([size, self.load_func(view, element)])
            }
            Shape::Map { key, value, entry } => {
                let funcs = [self.load_func(view, key.codec), self.load_func(view, value.codec)];
                Form::of("rt.LoadMap").with([entry.size.to_string(), value.offset.to_string()].into_iter().chain(funcs))
            }
            Shape::Option(cases) => {
                let func = if self.is_nillable(view, &cases) { "rt.LoadOr" } else { "rt.LoadOption" };
                let payload = some(&cases);
                Form::of(func).with([cases.payload_offset.to_string(), self.load_func(view, payload)])
            }
            Shape::Own(resource) => self.load_own(view, resource),
            Shape::Borrow(resource) => self.load_borrow(view, resource),
            Shape::Stream(_) | Shape::Future(_) => self.load_transfer(view, id),
            Shape::ErrorContext => Form::of("rt.LoadErrorContext"),
            Shape::FixedList { .. } | Shape::Record(_) | Shape::Tuple(_) | Shape::Flags { .. } => {
                Form::of(self.helper(view, id, Op::Load))
            }
            Shape::Enum { .. } | Shape::Variant(_) | Shape::Result(_) => Form::of(self.helper(view, id, Op::Load)),
        }
    }

    /// The value's text is asked for where it is needed twice.
    fn storer(&mut self, view: &mut View<'_, 't>, id: CodecId, value: &str) -> Form {
        if self.is_plain(id) {
            let ty = self.ty(view, id);
            return Form::typed("rt.Store", ty);
        }
        match self.codecs.get(id).shape.clone() {
            Shape::Nothing => unreachable!("only what is freed can be nothing"),
            Shape::Scalar(scalar) => Form::typed("rt.Store", scalar_type(scalar)),
            Shape::Enum { .. } | Shape::Flags { .. } => {
                let ty = self.ty(view, id);
                Form::typed("rt.Store", ty)
            }
            Shape::String => Form::of("rt.StoreString"),
            Shape::List { element } if self.is_plain(element) => {
                let ty = self.ty(view, element);
                Form::typed("rt.StoreSlice", ty)
            }
            Shape::List { element } => {
                let size = self.size(element);
                Form::of("rt.StoreList").with([size, self.store_func(view, element)])
            }
            Shape::Map { key, value, entry } => {
                let funcs = [self.store_func(view, key.codec), self.store_func(view, value.codec)];
                Form::of("rt.StoreMap")
                    .with([entry.size.to_string(), value.offset.to_string()].into_iter().chain(funcs))
            }
            Shape::Option(cases) if self.is_nillable(view, &cases) => {
                let func = self.store_func(view, some(&cases));
                Form::of("rt.StoreMaybe").with([format!("{value} != nil"), cases.payload_offset.to_string(), func])
            }
            Shape::Option(cases) => {
                let func = self.store_func(view, some(&cases));
                Form::of("rt.StoreOption").with([cases.payload_offset.to_string(), func])
            }
            Shape::Own(resource) => self.store_own(view, resource),
            Shape::Borrow(resource) => self.store_borrow(view, resource),
            Shape::Stream(_) | Shape::Future(_) => self.store_transfer(view, id),
            Shape::ErrorContext => Form::of("rt.StoreErrorContext"),
            Shape::FixedList { .. } | Shape::Record(_) | Shape::Tuple(_) => Form::of(self.helper(view, id, Op::Store)),
            Shape::Variant(_) | Shape::Result(_) => Form::of(self.helper(view, id, Op::Store)),
        }
    }

    /// The bytes between elements.
    pub(super) fn size(&self, id: CodecId) -> String {
        self.codecs.get(id).layout.size.to_string()
    }

    /// Whether an option of these cases needs no pointer.
    pub(super) fn is_nillable(&self, view: &View<'_, '_>, cases: &Cases) -> bool {
        view.is_nillable(self.codecs.get(some(cases)).ty)
    }
}

/// The codec of an option's value.
pub(super) fn some(cases: &Cases) -> CodecId {
    cases.payloads[1].as_ref().expect("the second case of an option has a value").codec
}
