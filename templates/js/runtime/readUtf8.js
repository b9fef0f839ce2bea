import { area } from './area.js';
import { trap } from './trap.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const readUtf8 = (ptr, count, bytes) => {
  count >>>= 0;
  ptr = area(ptr, 1, count, bytes, 'string pointer/length');
  if (count < 24) {
    let result = '';
    for (let i = ptr; i < ptr + count && bytes[i] < 128; i++) result += String.fromCharCode(bytes[i]);
    if (result.length === count) return result;
  }
  try {
    return utf8.decode(bytes.subarray(ptr, ptr + count));
  } catch {
    trap(`invalid utf-8${bytes[ptr + count - 1] > 191 ? ': incomplete utf-8 byte sequence' : ''}`);
  }
};
