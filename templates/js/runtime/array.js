import { expected } from './expected.js';

export const array = (value, where) => (Array.isArray(value) ? value : expected('an array', value, where));
