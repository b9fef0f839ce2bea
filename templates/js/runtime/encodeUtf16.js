import { done } from './done.js';
import { putUtf16 } from './putUtf16.js';
import { room } from './room.js';

/** A string of so many units in another encoding. */
export const encodeUtf16 = (value, units, to, allocate) => {
  let ptr = room(to, allocate, 2, units * 2, 'string');
  putUtf16(value, to(), ptr);
  if (value.length < units) ptr = room(to, allocate, 2, value.length * 2, 'string', ptr, units * 2);
  return done(ptr, value.length);
};
