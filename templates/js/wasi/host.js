// What is around: Node (and Deno, Bun, which have the same modules), or a browser.

const isNode = globalThis.process?.versions?.node !== undefined;

/** `node:fs`, if there are files. */
export const fs = isNode ? await import('node:fs') : undefined;

const tty = isNode ? await import('node:tty') : undefined;

/** The process, if there is one. */
export const process = isNode ? globalThis.process : undefined;

export const isTerminal = (fd) => tty?.isatty(fd) ?? false;

export const dispose = Symbol.dispose ?? Symbol.for('dispose');

/** Ends the program, which broke a rule of WASI that has no error. */
export const trap = (message) => {
  throw new WebAssembly.RuntimeError(message);
};

const kindOf = (value) => {
  if (value === null || value === undefined) return `${value}`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  return `an object of ${value.constructor?.name ?? 'no class'}`;
};

/** Refuses what a host gives to one of the functions that are for it. */
export const expect = (isRight, name, what, found) => {
  if (!isRight) throw new TypeError(`${name}: expected ${what}, found ${kindOf(found)}`);
};

/** `{ .. }`, not an array, bytes, or a map. */
export const isPlain = (value) => Object.prototype.toString.call(value) === '[object Object]';

const cell = typeof SharedArrayBuffer === 'undefined' ? undefined : new Int32Array(new SharedArrayBuffer(4));

/** Waits. A page's own thread may not sleep: there it turns until the time is over. */
export const sleep = (milliseconds) => {
  const end = performance.now() + milliseconds;
  try {
    if (cell) Atomics.wait(cell, 0, 0, milliseconds);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  while (performance.now() < end);
};
