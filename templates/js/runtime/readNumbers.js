import { list } from './list.js';

export const readNumbers = (Type, ptr, count, bytes) => {
  const size = Type.BYTES_PER_ELEMENT;
  ptr = list(ptr, count, size, size, bytes);
  return new Type(bytes.buffer, ptr, count >>> 0).slice();
};
