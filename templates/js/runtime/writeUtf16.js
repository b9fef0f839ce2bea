import { done } from './done.js';
import { expected } from './expected.js';
import { putUtf16 } from './putUtf16.js';

export const writeUtf16 = (value, memory, realloc, where) => {
  if (typeof value !== 'string') expected('a string', value, where);
  const ptr = realloc(0, 0, 2, value.length * 2);
  putUtf16(value, memory(), ptr);
  return done(ptr, value.length);
};
