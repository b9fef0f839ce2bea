import { area } from './area.js';

export const list = (ptr, count, align, size, bytes) =>
  area(ptr, align, (count >>> 0) * size, bytes, 'list pointer/length');
