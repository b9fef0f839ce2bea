// Commands of a script of the specification, done with transpiled components; one line for each says how it went.
//
// In: the commands in order; `at`, where the modules are. Out: `ok NUMBER`, or `not ok NUMBER WHY` in one line, or
// `follows NUMBER` where the instance could not be made.
// Holds: a command that is not done in time is wrong, and the next ones are still done.

import { readFileSync, writeSync } from 'node:fs';
import * as vm from 'node:vm';

// Milliseconds that a promise may take.
const TIME = 3000;

// What engines say where the scripts, which another engine's makers write, say otherwise.
const SAME = { 'wasm `unreachable` instruction executed': 'unreachable' };

const cores = new Map();
const instances = new Map();
let current;
let copies = 0;

export async function play(commands, mode, at) {
  for (const command of commands) {
    const why = await outcome(command, mode, at);
    writeSync(1, `${line(command.n, why)}\n`);
  }
  // What still waits is not waited for.
  process.exit(0);
}

function line(n, why) {
  if (why === undefined) return `ok ${n}`;
  return why === FOLLOWS ? `follows ${n}` : `not ok ${n} ${why.replaceAll('\n', ' ⏎ ')}`;
}

const FOLLOWS = Symbol('follows');
// Stands for an instance that could not be made.
const LOST = Symbol('lost');

// What is wrong; undefined if nothing is.
async function outcome(command, mode, at) {
  try {
    return await done(command, mode, at);
  } catch (error) {
    return said(error);
  }
}

async function done(command, mode, at) {
  switch (command.do) {
    case 'define': return define(command, mode, at);
    case 'instance': return instance(command, mode, at);
    case 'call': return call(command, mode);
    case 'instance-traps': return trapped(await caught(() => instantiated(command.file, mode, at)), command.trap);
    default: return `there is no command ${command.do}`;
  }
}

// A component that need not be instantiable: its module is read, its core modules are compiled.
async function define({ file, cores }, mode, at) {
  cores.forEach((core) => getCoreModule(at)(core));
  if (mode === 'esm') new vm.SourceTextModule(readFileSync(new URL(file, at), 'utf8'));
  else if (typeof (await import(new URL(file, at))).instantiate !== 'function') return 'there is no `instantiate`';
}

async function instance({ file, name }, mode, at) {
  const become = (made) => {
    current = made;
    if (name !== null) instances.set(name, made);
  };
  become(LOST);
  become(await inTime(instantiated(file, mode, at)));
}

function getCoreModule(at) {
  return (file) => {
    if (!cores.has(file)) cores.set(file, new WebAssembly.Module(readFileSync(new URL(file, at))));
    return cores.get(file);
  };
}

async function instantiated(file, mode, at) {
  // Another query is another instance.
  if (mode === 'esm') return import(new URL(`${file}?${copies++}`, at));
  const { instantiate } = await import(new URL(file, at));
  const made = instantiate(getCoreModule(at), {});
  if ((made instanceof Promise) !== (mode === 'async')) throw new Error('`instantiate` is a promise, or is none');
  return made;
}

async function call({ name, func, args, isAsync, expect }, mode) {
  const on = name === null ? current : instances.get(name);
  if (on === undefined) return 'there is no such instance';
  if (on === LOST) return FOLLOWS;
  if (typeof on[func] !== 'function') return `there is no function ${func}`;
  let promised = false;
  const found = await caught(() => {
    const result = on[func](...args);
    promised = result instanceof Promise;
    return result;
  });
  if (found.late) return found.late;
  // What waits within core code, by way of JSPI, gives a promise whatever its type.
  const mayWait = mode === 'async' && typeof WebAssembly.Suspending === 'function';
  if (promised !== isAsync && !(promised && mayWait)) return promised ? 'a promise' : 'not a promise';
  if ('trap' in expect) return trapped(found, expect.trap);
  if ('error' in expect) {
    if (!(found.error instanceof Error) || !Object.hasOwn(found.error, 'payload')) return said(found.error);
    return same(found.error.payload, expect.error) ? undefined : `${shown(found.error.payload)} is thrown`;
  }
  if ('error' in found) return said(found.error);
  return same(found.value, expect.value) ? undefined : `it is ${shown(found.value)}, not ${shown(expect.value)}`;
}

// The value or the error.
async function caught(run) {
  try {
    return { value: await inTime(run()) };
  } catch (error) {
    return error instanceof Late ? { late: error.message } : { error };
  }
}

class Late extends Error {}

async function inTime(promise) {
  if (!(promise instanceof Promise)) return promise;
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Late(`not done in ${TIME} ms`)), TIME);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function trapped(found, text) {
  if (found.late) return found.late;
  if (!('error' in found)) return `no trap: ${shown(found.value)}`;
  const { error } = found;
  if (!(error instanceof WebAssembly.RuntimeError)) return `no trap: ${said(error)}`;
  if (Object.hasOwn(error, 'payload')) return 'a trap with a payload';
  const bare = text.replace(/^wasm trap: /, '');
  const wanted = SAME[bare] ?? bare;
  return error.message.includes(wanted) ? undefined : `the trap says "${error.message}", not "${wanted}"`;
}

// What is left out of an object is undefined.
function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Map) return same([...a], [...b]);
  if (Array.isArray(a) || ArrayBuffer.isView(a)) return a.length === b.length && a.every((one, at) => same(one, b[at]));
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
}

function said(error) {
  if (!(error instanceof Error)) return `${shown(error)} is thrown`;
  const where = error.stack?.split('\n').find((line) => line.startsWith('    at '))?.trim() ?? '';
  return `${error.name}: ${error.message} ${where}`;
}

function shown(value) {
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? JSON.stringify(value) : String(value);
  if (ArrayBuffer.isView(value) || Array.isArray(value)) return `[${Array.from(value, shown).join(', ')}]`;
  if (value instanceof Map) return `Map ${shown([...value])}`;
  return `{ ${Object.entries(value).map(([key, of]) => `${key}: ${shown(of)}`).join(', ')} }`;
}
