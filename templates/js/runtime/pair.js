import { done } from './done.js';

/** A string's or list's pointer in memory; the other core value is in `length` then. */
export const pair = (data, ptr) => done(data.getUint32(ptr, true), data.getUint32(ptr + 4, true));
