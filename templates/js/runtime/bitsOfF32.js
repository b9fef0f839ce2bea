import { bits } from './bits.js';

export const bitsOfF32 = (value) => {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
};
