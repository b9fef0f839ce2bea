import { bits } from './bits.js';

export const bitsOfF64 = (value) => {
  bits.setFloat64(0, value);
  return bits.getBigInt64(0);
};
