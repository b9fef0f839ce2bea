import { area } from './area.js';
import { trap } from './trap.js';

const utf16 = new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true });

export const readUtf16 = (ptr, units, bytes) => {
  const size = (units >>> 0) * 2;
  ptr = area(ptr, 2, size, bytes, 'string pointer/length');
  try {
    return utf16.decode(bytes.subarray(ptr, ptr + size));
  } catch {
    trap('invalid utf-16');
  }
};
