import { bits } from './bits.js';

export const f32OfBits = (value) => {
  bits.setInt32(0, value);
  return bits.getFloat32(0);
};
