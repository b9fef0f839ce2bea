//! Which components are asynchronous, and where something may have to wait.
//!
//! Holds: a part waits if one of its core functions can call something that may have to wait; calls of such parts may.

use component::instantiation::{Callee, Canon, CanonKind, ImportKind, Instantiation, PartId};
use component::plan::PlainBuiltin;
use types::transfer::TransferOp;
use types::{FuncId, Types};

/// Whether the runtime is needed.
pub(crate) fn is_async(types: &Types, inst: &Instantiation<'_>) -> bool {
    let abi = abi::Abi::wasm32(types);
    let passes = |ty: FuncId| {
        let func = types.func(ty);
        func.async_ || abi.contents_of_all(func.params.iter().map(|param| param.ty).chain(func.result)).async_
    };
    let lifts = inst.lifts.iter().any(|lift| inst.options[lift.options.0].async_ || passes(lift.ty));
    let imports = inst.imports.iter().any(|import| match import.kind {
        ImportKind::Func(ty) => passes(ty),
        ImportKind::CoreModule | ImportKind::Resource(_) => false,
    });
    let canons = inst.canons.iter().any(|canon| match &canon.kind {
        CanonKind::Lower { ty, options, .. } => inst.options[options.0].async_ || passes(*ty),
        CanonKind::ResourceNew(_) | CanonKind::ResourceDrop(_) | CanonKind::ResourceRep(_) => false,
        CanonKind::TaskReturn { .. } | CanonKind::Transfer { .. } | CanonKind::WaitableSetWait { .. } => true,
        CanonKind::WaitableSetPoll { .. } | CanonKind::SubtaskCancel { .. } | CanonKind::ErrorContextNew(_) => true,
        CanonKind::ErrorContextDebugMessage(_) | CanonKind::ContextGet { .. } => true,
        CanonKind::ContextSet { .. } | CanonKind::ThreadNewIndirect { .. } | CanonKind::Plain { .. } => true,
    });
    lifts || imports || canons
}

/// For each part, whether something in it may have to wait.
pub(super) fn waits(types: &Types, inst: &Instantiation<'_>) -> Vec<bool> {
    let mut parts = vec![false; inst.parts.len()];
    loop {
        let before = parts.clone();
        for canon in &inst.canons {
            if may_wait(types, inst, &before, canon) {
                parts[canon.part.0] = true;
            }
        }
        if parts == before {
            return parts;
        }
    }
}

/// Whether a core function may have to wait, as far as is known of the parts that it calls.
pub(super) fn may_wait(types: &Types, inst: &Instantiation<'_>, parts: &[bool], canon: &Canon) -> bool {
    match &canon.kind {
        CanonKind::Lower { callee, ty, options } => {
            let now = !inst.options[options.0].async_ && types.func(*ty).async_;
            now || match callee {
                Callee::Host(_) => false,
                Callee::Lift(lift) => parts[part_of(inst, lift.0).0],
            }
        }
        CanonKind::Transfer { op, options, .. } => match op {
            TransferOp::Read | TransferOp::Write => !inst.options[options.0].async_,
            TransferOp::New | TransferOp::CancelRead | TransferOp::CancelWrite | TransferOp::DropReadable => false,
            TransferOp::DropWritable | TransferOp::Forward => false,
        },
        CanonKind::WaitableSetWait { .. } => true,
        CanonKind::SubtaskCancel { async_ } => !async_ || parts.contains(&true),
        CanonKind::Plain { builtin, .. } => switches(*builtin),
        CanonKind::ResourceNew(_) | CanonKind::ResourceDrop(_) | CanonKind::ResourceRep(_) => false,
        CanonKind::TaskReturn { .. } | CanonKind::WaitableSetPoll { .. } | CanonKind::ErrorContextNew(_) => false,
        CanonKind::ErrorContextDebugMessage(_) | CanonKind::ContextGet { .. } => false,
        CanonKind::ContextSet { .. } | CanonKind::ThreadNewIndirect { .. } => false,
    }
}

fn part_of(inst: &Instantiation<'_>, lift: usize) -> PartId {
    inst.options[inst.lifts[lift].options.0].part
}

fn switches(builtin: PlainBuiltin) -> bool {
    match builtin {
        PlainBuiltin::ThreadSuspend | PlainBuiltin::ThreadYield | PlainBuiltin::ThreadSuspendThenResume => true,
        PlainBuiltin::ThreadYieldThenResume | PlainBuiltin::ThreadSuspendThenPromote => true,
        PlainBuiltin::ThreadYieldThenPromote => true,
        PlainBuiltin::TaskCancel | PlainBuiltin::BackpressureInc | PlainBuiltin::BackpressureDec => false,
        PlainBuiltin::WaitableSetNew | PlainBuiltin::WaitableSetDrop | PlainBuiltin::WaitableJoin => false,
        PlainBuiltin::SubtaskDrop | PlainBuiltin::ErrorContextDrop | PlainBuiltin::ThreadIndex => false,
        PlainBuiltin::ThreadResumeLater => false,
    }
}
