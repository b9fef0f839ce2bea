import { done } from './done.js';
import { encoder } from './encoder.js';
import { room } from './room.js';

/** A string of so many units in another encoding, which may take as many bytes as `worst`. */
export const encodeUtf8 = (value, units, worst, to, allocate) => {
  let ptr = room(to, allocate, 1, units, 'string');
  if (encoder.encodeInto(value, to().subarray(ptr, ptr + units)).read === value.length) return done(ptr, units);
  ptr = room(to, allocate, 1, worst, 'string', ptr, units);
  const size = encoder.encodeInto(value, to().subarray(ptr, ptr + worst)).written;
  if (size < worst) ptr = room(to, allocate, 1, size, 'string', ptr, worst);
  return done(ptr, size);
};
