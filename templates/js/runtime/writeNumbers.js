import { done } from './done.js';
import { expected } from './expected.js';

/** Elements of another type of array are converted. */
export const writeNumbers = (Type, value, memory, realloc, where) => {
  const isTyped = ArrayBuffer.isView(value) && 'length' in value;
  if (!isTyped && !Array.isArray(value)) expected('an array', value, where);
  const count = value.length;
  const size = Type.BYTES_PER_ELEMENT;
  const ptr = realloc(0, 0, size, count * size);
  const numbers = new Type(memory().buffer, ptr, count);
  const isBig = typeof numbers[0] === 'bigint';
  if (isTyped && (typeof value[0] === 'bigint') === isBig) numbers.set(value);
  else for (let i = 0; i < count; i++) {
    const isRight = isBig ? typeof value[i] === 'bigint' : typeof value[i] === 'number';
    if (!isRight) expected(isBig ? 'a bigint' : 'a number', value[i], `${where ?? ''}[${i}]`);
    numbers[i] = value[i];
  }
  return done(ptr, count);
};
