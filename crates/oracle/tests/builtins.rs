//! The core signature of every built-in and its canonical options, as the validator demands them.
//!
//! Each built-in is defined with the options that `abi` asks for, and given to a core module that imports it with the
//! signature that `abi` states, for both sizes of a memory: a valid component proves both.

use abi::builtin::Encoding;
use abi::{Abi, Builtin, Carrier, CoreSignature, CoreType, Needs, PtrSize, Transfer, TransferOp};
use types::{Decl, Owner, TypeDef, TypeKind, Types, ValType};
use wasmparser::{Validator, WasmFeatures};

#[test]
fn signatures_of_builtins() {
    let types = Types::new();
    let all = [
        (Builtin::TaskCancel, "task.cancel"),
        (Builtin::BackpressureInc, "backpressure.inc"),
        (Builtin::BackpressureDec, "backpressure.dec"),
        (Builtin::WaitableSetNew, "waitable-set.new"),
        (Builtin::WaitableSetWait, "waitable-set.wait"),
        (Builtin::WaitableSetPoll, "waitable-set.poll"),
        (Builtin::WaitableSetDrop, "waitable-set.drop"),
        (Builtin::WaitableJoin, "waitable.join"),
        (Builtin::SubtaskCancel { async_: false }, "subtask.cancel"),
        (Builtin::SubtaskCancel { async_: true }, "subtask.cancel async"),
        (Builtin::SubtaskDrop, "subtask.drop"),
        (Builtin::ErrorContextNew(Encoding::Utf8), "error-context.new"),
        (Builtin::ErrorContextDebugMessage(Encoding::Utf8), "error-context.debug-message"),
        (Builtin::ErrorContextDrop, "error-context.drop"),
        (Builtin::ContextGet { ty: CoreType::I32, slot: 0 }, "context.get i32 0"),
        (Builtin::ContextSet { ty: CoreType::I64, slot: 1 }, "context.set i64 1"),
        (Builtin::ThreadIndex, "thread.index"),
        (Builtin::ThreadNewIndirect, "thread.new-indirect $start (core table $table)"),
        (Builtin::ThreadResumeLater, "thread.resume-later"),
        (Builtin::ThreadSuspend, "thread.suspend"),
        (Builtin::ThreadYield, "thread.yield"),
        (Builtin::ThreadSuspendThenResume, "thread.suspend-then-resume"),
        (Builtin::ThreadYieldThenResume, "thread.yield-then-resume"),
        (Builtin::ThreadSuspendThenPromote, "thread.suspend-then-promote"),
        (Builtin::ThreadYieldThenPromote, "thread.yield-then-promote"),
    ];
    for ptr in [PtrSize::P32, PtrSize::P64] {
        let abi = Abi::new(&types, ptr);
        for (builtin, canon) in all {
            validate(canon, builtin.needs(), &abi.builtin(builtin), ptr);
        }
    }
}

#[test]
fn signatures_of_streams_and_futures() {
    let mut types = Types::new();
    let list =
        TypeDef { name: None, owner: Owner::Nothing, kind: TypeKind::List(ValType::String), decl: Decl::default() };
    let list = ValType::Def(types.add_type(list));
    let payloads = [(None, ""), (Some(ValType::U8), "u8"), (Some(ValType::String), "string"), (Some(list), "$list")];
    let ops = [
        (TransferOp::New, "new"),
        (TransferOp::Read, "read"),
        (TransferOp::Write, "write"),
        (TransferOp::CancelRead, "cancel-read"),
        (TransferOp::CancelWrite, "cancel-write"),
        (TransferOp::DropReadable, "drop-readable"),
        (TransferOp::DropWritable, "drop-writable"),
        (TransferOp::Forward, "forward"),
    ];
    let mut count = 0;
    for ptr in [PtrSize::P32, PtrSize::P64] {
        let abi = Abi::new(&types, ptr);
        for (carrier, word) in [(Carrier::Stream, "stream"), (Carrier::Future, "future")] {
            for (payload, element) in payloads {
                for (op, verb) in ops {
                    for async_ in [false, true] {
                        let transfer = Transfer { carrier, op, payload, async_ };
                        let ty = if element.is_empty() { format!("({word})") } else { format!("({word} {element})") };
                        let wait = if async_ && op.may_wait() { " async" } else { "" };
                        let canon = format!("{word}.{verb} $t{wait}\n(;type;){ty}");
                        validate(&canon, abi.transfer_needs(&transfer), &abi.transfer(&transfer), ptr);
                        count += 1;
                    }
                }
            }
        }
    }
    assert_eq!(count, 256);
}

fn validate(canon: &str, needs: Needs, signature: &CoreSignature, ptr: PtrSize) {
    let (pointer, memory) = match ptr {
        PtrSize::P32 => ("i32", "1"),
        PtrSize::P64 => ("i64", "i64 1"),
    };
    let (canon, ty) = canon.split_once("\n(;type;)").unwrap_or((canon, "(stream)"));
    // Waiting names its memory in the same way as the others, though it stands outside of the options.
    let mut options = String::new();
    if needs.memory {
        options.push_str(" (memory $memory)");
    }
    if needs.realloc {
        options.push_str(" (realloc $realloc)");
    }
    if needs.strings {
        options.push_str(" string-encoding=utf8");
    }
    let canon = canon.replace("PTR", pointer);
    let text = format!(
        "(component
          (core module $m
            (memory (export \"memory\") {memory})
            (table (export \"table\") 1 funcref)
            (func (export \"realloc\") (param {pointer} {pointer} {pointer} {pointer}) (result {pointer}) unreachable))
          (core instance $libc (instantiate $m))
          (alias core export $libc \"memory\" (core memory $memory))
          (alias core export $libc \"table\" (core table $table))
          (alias core export $libc \"realloc\" (core func $realloc))
          (core type $start (func (param {pointer})))
          (type $list (list string))
          (type $t {ty})
          (core func $f (canon {canon}{options}))
          (core module $user (import \"\" \"f\" {signature}))
          (core instance (instantiate $user (with \"\" (instance (export \"f\" (func $f)))))))"
    );
    let bytes = wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    validator.validate_all(&bytes).unwrap_or_else(|error| panic!("{error}\n{text}"));
}
