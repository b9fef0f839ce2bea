import { expected } from './expected.js';

export const number = (value, where) => (typeof value === 'number' ? value : expected('a number', value, where));
