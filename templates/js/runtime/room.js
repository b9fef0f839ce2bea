import { range } from './range.js';

/** Allocates, or allocates again, in the memory of another part. */
export const room = (to, allocate, align, size, what, before = 0, sizeBefore = 0) => {
  const ptr = allocate(before, sizeBefore, align, size);
  return range(to(), ptr, align, size, what);
};
