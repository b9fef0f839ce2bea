import { expected } from './expected.js';

export const arrayOf = (value, count, where) =>
  value?.length === count && typeof value === 'object' ? value : expected(`an array of ${count}`, value, where);
