import { bits } from './bits.js';

export const f64OfBits = (value) => {
  bits.setBigInt64(0, value);
  return bits.getFloat64(0);
};
