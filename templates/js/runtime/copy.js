import { range } from './range.js';
import { room } from './room.js';

/** Bytes that mean the same in both memories. */
export const copy = (what, from, to, allocate, ptr, align, size) => {
  ptr = range(from(), ptr, align, size, what);
  const start = room(to, allocate, align, size, what);
  const source = from();
  const target = to();
  if (size > 32) target.set(source.subarray(ptr, ptr + size), start);
  else for (let i = 0; i < size; i++) target[start + i] = source[ptr + i];
  return start;
};
