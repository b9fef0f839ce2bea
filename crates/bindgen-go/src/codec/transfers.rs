//! Streams and futures as values, and the tables of the host's functions that move their payloads.
//!
//! Holds: a package has one table for each payload that its functions pass, and a function that makes such a stream or
//! future.

use abi::CodecId;
use abi::builtin::{Carrier, Transfer as HostFunction, TransferOp};
use types::ValType;

use super::Coder;
use super::memory::Form;
use crate::model::View;
use crate::model::transfers::Transfer;
use crate::print::code::Row;

/// The host's functions in the order of the table's fields.
const OPS: [(TransferOp, &str); 7] = [
    (TransferOp::New, "New"),
    (TransferOp::Read, "Read"),
    (TransferOp::Write, "Write"),
    (TransferOp::CancelRead, "CancelRead"),
    (TransferOp::CancelWrite, "CancelWrite"),
    (TransferOp::DropReadable, "DropReadable"),
    (TransferOp::DropWritable, "DropWritable"),
];

impl<'t> Coder<'_, 't> {
    pub(super) fn load_transfer(&mut self, view: &mut View<'_, 't>, id: CodecId) -> Form {
        let (_, table, _) = self.transfer(view, id);
        Form::of(format!("load_{table}"))
    }

    pub(super) fn store_transfer(&mut self, view: &mut View<'_, 't>, id: CodecId) -> Form {
        let (carrier, _, payload) = self.transfer(view, id);
        Form::typed(&format!("task.Store{carrier}"), payload)
    }

    pub(super) fn lift_transfer(&mut self, view: &mut View<'_, 't>, id: CodecId, core: &str) -> String {
        let (carrier, table, _) = self.transfer(view, id);
        format!("task.New{carrier}Reader({core}, &{table})")
    }

    pub(super) fn lower_transfer(&mut self, view: &mut View<'_, 't>, id: CodecId, value: &str) -> String {
        self.transfer(view, id);
        format!("{value}.Take({})", self.call())
    }

    /// `Stream` or `Future`, the table's name, the payload's Go type; the table is written if it is not there yet.
    fn transfer(&mut self, view: &mut View<'_, 't>, id: CodecId) -> (&'static str, String, String) {
        let model = view.model;
        let transfer = model.transfers.of(view.here, model.bindings.types, self.codecs.get(id).ty);
        let (carrier, word) = match transfer.carrier {
            Carrier::Stream => ("Stream", "stream"),
            Carrier::Future => ("Future", "future"),
        };
        let payload = transfer.payload.map_or_else(|| "struct{}".to_owned(), |ty| view.ty(ty));
        let table = format!("{word}_{}", transfer.name);
        view.task();
        if self.tables.insert(table.clone()) {
            self.write_transfer(view, transfer, carrier, &table, &payload);
        }
        (carrier, table, payload)
    }

    fn write_transfer(
        &mut self,
        view: &mut View<'_, 't>,
        transfer: &Transfer<'t>,
        carrier: &str,
        table: &str,
        payload: &str,
    ) {
        let size = transfer.payload.map_or(0, |ty| self.codecs.abi().layout(ty).size);
        let mut rows = vec![row("Size", &size.to_string())];
        if let Some(ty) = transfer.payload {
            self.moves(view, transfer.carrier, ty, &mut rows);
        }
        for (op, field) in OPS {
            let name = format!("wasm_{}_{table}", op.word().replace('-', ""));
            self.transfer_import(transfer, op, &name);
            rows.push(row(field, &name));
        }
        let maker = &transfer.maker;
        let otherwise = match transfer.carrier {
            Carrier::Stream => (String::new(), String::new()),
            Carrier::Future => (format!("otherwise {payload}"), "otherwise, ".to_owned()),
        };
        let (writer, reader) =
            (view.wit_named(&format!("{carrier}Writer")), view.wit_named(&format!("{carrier}Reader")));
        view.rt();
        let (call, at) = (self.names.call.clone(), self.names.at.clone());
        let text = self.declaration();
        text.push(format!("var {table} = task.{carrier}Payload[{payload}]{{"));
        text.rows(&rows);
        text.push("}");
        text.gap();
        match transfer.carrier {
            Carrier::Stream => {
                text.push(format!("// {maker} makes a stream: what is written to its writer is read at its reader."))
            }
            Carrier::Future => text.push(format!(
                "// {maker} makes a future; otherwise is its value if the writer is closed or lost without one."
            )),
        }
        text.push(format!("func {maker}({}) (*{writer}[{payload}], *{reader}[{payload}]) {{", otherwise.0));
        text.push(format!("return task.New{carrier}({}&{table})", otherwise.1));
        text.push("}");
        text.gap();
        text.push(format!("func load_{table}({call} *rt.Call, {at} uint32) *{reader}[{payload}] {{"));
        text.push(format!("return task.New{carrier}Reader(rt.Load[uint32]({call}, {at}), &{table})"));
        text.push("}");
    }

    /// How values get into memory and out of it. A stream of values that are there as Go keeps them needs nothing.
    fn moves(&mut self, view: &mut View<'_, 't>, carrier: Carrier, ty: ValType, rows: &mut Vec<Row>) {
        let (lift, lower) = (self.lift_id(ty), self.lower_id(ty));
        if carrier == Carrier::Stream && self.is_plain(lift) {
            return;
        }
        let load = self.load_func(view, lift);
        let store = self.store_func(view, lower);
        rows.push(row("Load", &load));
        rows.push(row("Store", &store));
    }

    fn transfer_import(&mut self, transfer: &Transfer<'t>, op: TransferOp, name: &str) {
        let function = HostFunction { carrier: transfer.carrier, op, payload: transfer.payload, async_: true };
        let core = function.core_name(transfer.side, transfer.scope.as_ref(), transfer.func, Some(transfer.index));
        let signature = self.codecs.abi().transfer(&function);
        self.core_import(&core.module, &core.field, name, &signature.params, &signature.results);
    }
}

fn row(field: &str, value: &str) -> Row {
    Row { comment: Vec::new(), cells: vec![format!("{field}:"), format!("{value},")] }
}
