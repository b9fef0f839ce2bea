import { done } from './done.js';
import { encoder } from './encoder.js';
import { expected } from './expected.js';

let spare = new Uint8Array(768);

/** Asks for room once: not every `realloc` can change what it gave. */
export const writeUtf8 = (value, memory, realloc, where) => {
  if (typeof value !== 'string') expected('a string', value, where);
  const units = value.length;
  let i = 0;
  while (units < 48 && i < units && value.charCodeAt(i) < 128) i++;
  if (i === units) {
    const ptr = realloc(0, 0, 1, units);
    for (const bytes = memory(); i--; ) bytes[ptr + i] = value.charCodeAt(i);
    return done(ptr, units);
  }
  if (units > spare.length && units <= 1e6) spare = new Uint8Array(units);
  const put = encoder.encodeInto(value, spare);
  const out = put.read < units ? encoder.encode(value) : spare.subarray(0, put.written);
  const ptr = realloc(0, 0, 1, out.length);
  memory().set(out, ptr);
  return done(ptr, out.length);
};
