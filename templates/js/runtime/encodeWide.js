import { done } from './done.js';
import { putLatin1 } from './putLatin1.js';
import { putUtf16 } from './putUtf16.js';
import { room } from './room.js';

/** A string that was UTF-16 where it could have been Latin-1. */
export const encodeWide = (value, to, allocate) => {
  const count = value.length;
  const ptr = room(to, allocate, 2, count * 2, 'string');
  putUtf16(value, to(), ptr);
  if (/[^\0-\xff]/.test(value)) return done(ptr, (count | 0x80000000) >>> 0);
  putLatin1(value, to(), ptr);
  return done(room(to, allocate, 1, count, 'string', ptr, count * 2), count);
};
