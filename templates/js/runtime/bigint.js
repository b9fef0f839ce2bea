import { expected } from './expected.js';

export const bigint = (value, where) => (typeof value === 'bigint' ? value : expected('a bigint', value, where));
