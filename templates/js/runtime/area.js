import { trap } from './trap.js';

export const area = (ptr, align, size, bytes, what = 'pointer') => {
  ptr >>>= 0;
  if (ptr & (align - 1)) trap('unaligned pointer');
  if (ptr + size > bytes.length) trap(`${what} out of bounds of memory`);
  return ptr;
};
