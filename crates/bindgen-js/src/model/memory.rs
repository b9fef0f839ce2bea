//! Memories, and the functions that allocate in them.
//!
//! Holds: a view of a memory is taken anew after the memory has grown, which leaves the one before it with no bytes.

use component::StringEncoding;
use component::instantiation::{CoreDef, Options, PartId};

use super::code::{Function, Stmt};
use super::{Builder, codecs::Env};
use crate::names;
use crate::runtime::Helper;

/// How the module names a memory.
#[derive(Clone, Debug)]
pub struct Memory {
    /// The variable with the bytes.
    cached: String,
    /// The variable with the view, once something loads or stores a number.
    data: String,
    /// The function that gives the bytes.
    pub bytes: String,
    /// The function that gives the view.
    pub view: String,
    pub uses_view: bool,
    /// The function that reads where a string or list is that a core function returns.
    returned: Option<String>,
}

impl Builder<'_> {
    /// What stands for a definition of core wasm.
    pub fn core_def(&self, def: &CoreDef) -> String {
        match def {
            CoreDef::Export { instance, name } => format!("{}{}", self.cores[instance.0], names::access(name)),
            CoreDef::Canon(canon) => self.canons[canon.0].clone(),
        }
    }

    pub fn env(&mut self, options: &Options, inner: bool) -> Env {
        let memory = options.memory.as_ref().map(|def| self.memory(def));
        let realloc = match (&options.realloc, &options.memory) {
            (Some(realloc), Some(memory)) => Some(self.realloc(options.part, realloc, memory)),
            (Some(_) | None, _) => None,
        };
        Env { memory, realloc, encoding: options.encoding, part: options.part, inner }
    }

    pub fn memory(&mut self, def: &CoreDef) -> usize {
        if let Some(known) = self.memories.get_index_of(def) {
            return known;
        }
        let [cached, data, bytes, view] = ["u8", "dataView", "bytes", "view"].map(|wish| self.numbered(wish));
        self.memories.insert(def.clone(), Memory { cached, data, bytes, view, uses_view: false, returned: None });
        self.memories.len() - 1
    }

    fn realloc(&mut self, part: PartId, realloc: &CoreDef, memory: &CoreDef) -> usize {
        let key = (part, realloc.clone(), memory.clone());
        if let Some(known) = self.reallocs.get_index_of(&key) {
            return known;
        }
        let name = self.numbered("realloc");
        self.reallocs.insert(key, name);
        self.reallocs.len() - 1
    }

    /// `bytes()`
    pub fn bytes(&self, env: Env) -> String {
        format!("{}()", self.bytes_of(env))
    }

    /// `bytes`
    pub fn bytes_of(&self, env: Env) -> String {
        let memory = env.memory.expect("valid options name a memory where values are in it");
        self.memories[memory].bytes.clone()
    }

    /// `view()`
    pub fn view(&mut self, env: Env) -> String {
        let memory = env.memory.expect("valid options name a memory where values are in it");
        self.memories[memory].uses_view = true;
        format!("{}()", self.memories[memory].view)
    }

    /// The function that gives the pointer of a string or list whose place a core function returns, and sets `length`.
    pub fn returned_pair(&mut self, env: Env) -> String {
        let memory = env.memory.expect("valid options name a memory where values are in it");
        if let Some(known) = self.memories[memory].returned.clone() {
            return known;
        }
        self.view(env);
        self.helper(Helper::Pair);
        self.helper(Helper::Area);
        let name = self.numbered("returned");
        self.memories[memory].returned = Some(name.clone());
        name
    }

    /// The function that allocates.
    pub fn realloc_of(&self, env: Env) -> String {
        let realloc = env.realloc.expect("valid options name a realloc where values are lowered into memory");
        self.reallocs[realloc].clone()
    }

    pub fn string_helpers(encoding: StringEncoding) -> (Helper, Helper) {
        match encoding {
            StringEncoding::Utf8 => (Helper::ReadUtf8, Helper::WriteUtf8),
            StringEncoding::Utf16 => (Helper::ReadUtf16, Helper::WriteUtf16),
            StringEncoding::CompactUtf16 => (Helper::ReadCompact, Helper::WriteCompact),
        }
    }

    /// Variables and functions of all memories.
    pub fn memory_state(&self) -> Vec<Stmt> {
        self.memories.iter().flat_map(|(def, memory)| self.one_memory(def, memory)).collect()
    }

    fn one_memory(&self, def: &CoreDef, memory: &Memory) -> Vec<Stmt> {
        let Memory { cached, data, bytes, view, uses_view, returned } = memory;
        let buffer = format!("{}.buffer", self.core_def(def));
        let mut out = vec![Stmt::plain(format!("let {cached} = new Uint8Array();"))];
        let mut renew = vec![Stmt::plain(format!("{cached} = new Uint8Array({buffer});"))];
        if *uses_view {
            out.push(Stmt::plain(format!("let {data};")));
            renew.push(Stmt::plain(format!("{data} = new DataView({cached}.buffer);")));
        }
        let body =
            vec![Stmt::block(format!("if ({cached}.length === 0)"), renew), Stmt::plain(format!("return {cached};"))];
        out.push(function(bytes, &[], body));
        if *uses_view {
            let body = vec![Stmt::plain(format!("{bytes}();")), Stmt::plain(format!("return {data};"))];
            out.push(function(view, &[], body));
        }
        if let Some(returned) = returned {
            let (pair, area) = (Helper::Pair.name(), Helper::Area.name());
            let body = vec![Stmt::plain(format!("return {pair}({view}(), {area}(ptr, 4, 8, {bytes}()));"))];
            out.push(function(returned, &["ptr"], body));
        }
        out
    }

    /// Functions that allocate. A part whose allocation fails is never entered again.
    pub fn realloc_state(&mut self) -> Vec<Stmt> {
        let reallocs: Vec<_> = self.reallocs.iter().map(|(key, name)| (key.clone(), name.clone())).collect();
        reallocs.iter().map(|((part, realloc, memory), name)| self.one_realloc(*part, realloc, memory, name)).collect()
    }

    /// What allocates when another part calls: the realloc itself where its part is free to leave.
    pub fn allocator(&mut self, part: PartId, realloc: &CoreDef) -> usize {
        let key = (part, realloc.clone());
        if let Some(known) = self.allocators.get_index_of(&key) {
            return known;
        }
        let name = self.parts[part.0].may_leave.is_some().then(|| self.numbered("allocate"));
        self.allocators.insert_full(key, name).0
    }

    /// The expression of what allocates.
    pub fn allocator_name(&self, at: usize) -> String {
        let ((_, realloc), name) = self.allocators.get_index(at).expect("each was put in");
        name.clone().unwrap_or_else(|| self.core_def(realloc))
    }

    /// Functions that allocate when another part calls. What they give is checked by who uses it.
    pub fn allocator_state(&self) -> Vec<Stmt> {
        let all = self.allocators.iter().filter_map(|((part, realloc), name)| {
            let flag = self.parts[part.0].may_leave.as_ref()?;
            let body = vec![
                Stmt::plain(format!("{flag} = false;")),
                Stmt::constant("result", format!("{}(ptr, size, align, newSize)", self.core_def(realloc))),
                Stmt::plain(format!("{flag} = true;")),
                Stmt::returns("result"),
            ];
            Some(function(name.as_ref()?, &["ptr", "size", "align", "newSize"], body))
        });
        all.collect()
    }

    fn one_realloc(&mut self, part: PartId, realloc: &CoreDef, memory: &CoreDef, name: &str) -> Stmt {
        let trap = self.helper(Helper::Trap);
        let bytes = self.memories[memory].bytes.clone();
        let entered = self.parts[0].entered.clone();
        let may_leave = self.parts[part.0].may_leave.clone();
        let mut body = Vec::new();
        body.push(Stmt::plain(format!("const before = {entered};")));
        body.push(Stmt::plain(format!("{entered} = true;")));
        body.extend(may_leave.iter().map(|flag| Stmt::plain(format!("{flag} = false;"))));
        let call = format!("{}(ptr, size, align, newSize) >>> 0", self.core_def(realloc));
        body.push(Stmt::constant("result", call));
        body.push(Stmt::plain(format!("if (result & (align - 1)) {trap}('realloc return: result not aligned');")));
        let beyond = "realloc return: beyond end of memory";
        body.push(Stmt::plain(format!("if (result + newSize > {bytes}().length) {trap}('{beyond}');")));
        body.extend(may_leave.iter().map(|flag| Stmt::plain(format!("{flag} = true;"))));
        body.push(Stmt::plain(format!("{entered} = before;")));
        body.push(Stmt::plain("return result;"));
        function(name, &["ptr", "size", "align", "newSize"], body)
    }
}

/// `function name(params) { body }`
pub fn function(name: &str, params: &[&str], body: Vec<Stmt>) -> Stmt {
    let params = params.iter().map(|param| (*param).to_owned()).collect();
    Stmt::Function(Function { docs: Vec::new(), head: format!("function {name}"), params, body })
}
