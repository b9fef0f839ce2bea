import { area } from './area.js';
import { readUtf16 } from './readUtf16.js';

export const readCompact = (ptr, tagged, bytes) => {
  const count = tagged & 0x7fffffff;
  if (tagged >>> 31) return readUtf16(ptr, count, bytes);
  ptr = area(ptr, 2, count, bytes, 'string pointer/length');
  let result = '';
  for (let i = ptr; i < ptr + count; i += 8192) {
    result += String.fromCharCode.apply(null, bytes.subarray(i, Math.min(i + 8192, ptr + count)));
  }
  return result;
};
