import { copy } from './copy.js';
import { range } from './range.js';
import { readUtf8 } from './readUtf8.js';

/** A string from memory to memory; only its bytes are looked at, and most of them are ASCII. */
export const copyUtf8 = (from, to, allocate, ptr, count) => {
  count >>>= 0;
  const bytes = from();
  const start = range(bytes, ptr, 1, count, 'string');
  const end = start + count;
  let i = start;
  if (count > 48) {
    while (i & 3 && bytes[i] < 128) i++;
    if (!(i & 3)) {
      const words = new Int32Array(bytes.buffer, i, (end - i) >> 2);
      let word = 0;
      const last = words.length - 3;
      let found = 0;
      for (; word < last && !found; word += 4) {
        found = (words[word] | words[word + 1] | words[word + 2] | words[word + 3]) & 0x80808080;
      }
      if (found) word -= 4;
      i += word * 4;
    }
  }
  while (i < end && bytes[i] < 128) i++;
  if (i < end) readUtf8(i, end - i, bytes);
  return copy('string', from, to, allocate, start, 1, count);
};
