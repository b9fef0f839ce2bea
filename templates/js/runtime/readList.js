import { list } from './list.js';

export const readList = (ptr, count, align, size, bytes, load) => {
  ptr = list(ptr, count, align, size, bytes);
  count >>>= 0;
  const result = [];
  for (let i = 0; i < count; i++, ptr += size) result.push(load(ptr));
  return result;
};
