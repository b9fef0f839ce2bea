import { done } from './done.js';
import { putLatin1 } from './putLatin1.js';
import { putUtf16 } from './putUtf16.js';
import { room } from './room.js';

/** A string of so many units in another encoding, as Latin-1 where that is possible. */
export const encodeCompact = (value, units, to, allocate) => {
  const count = value.length;
  let ptr = room(to, allocate, 2, units, 'string');
  if (!/[^\0-\xff]/.test(value)) {
    putLatin1(value, to(), ptr);
    if (count < units) ptr = room(to, allocate, 2, count, 'string', ptr, units);
    return done(ptr, count);
  }
  ptr = room(to, allocate, 2, units * 2, 'string', ptr, units);
  putUtf16(value, to(), ptr);
  if (count < units) ptr = room(to, allocate, 2, count * 2, 'string', ptr, units * 2);
  return done(ptr, (count | 0x80000000) >>> 0);
};
