import { deeper } from './deeper.js';
import { done } from './done.js';
import { expected } from './expected.js';

export const writeList = (value, align, size, realloc, store, where) => {
  if (!Array.isArray(value)) expected('an array', value, where);
  const count = value.length;
  const start = realloc(0, 0, align, count * size);
  let i = 0;
  try {
    for (let ptr = start; i < count; i++, ptr += size) store(value[i], ptr);
  } catch (error) {
    throw deeper(error, `${where ?? ''}[${i}]`);
  }
  return done(start, count);
};
