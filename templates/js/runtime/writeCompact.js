import { done } from './done.js';
import { expected } from './expected.js';
import { putUtf16 } from './putUtf16.js';

export const writeCompact = (value, memory, realloc, where) => {
  if (typeof value !== 'string') expected('a string', value, where);
  const units = value.length;
  if (/[^\0-\xff]/.test(value)) {
    const ptr = realloc(0, 0, 2, units * 2);
    putUtf16(value, memory(), ptr);
    return done(ptr, (units | 0x80000000) >>> 0);
  }
  const ptr = realloc(0, 0, 2, units);
  const bytes = memory();
  for (let i = 0; i < units; i++) bytes[ptr + i] = value.charCodeAt(i);
  return done(ptr, units);
};
