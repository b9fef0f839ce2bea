import { trap } from './trap.js';

/** Where bytes begin that are wholly in a memory. */
export const range = (bytes, ptr, align, size, what) => {
  ptr >>>= 0;
  if (ptr & (align - 1)) trap('unaligned pointer');
  if (ptr + size > bytes.length) trap(`${what} content out-of-bounds`);
  return ptr;
};
