import { expected } from './expected.js';

export const object = (value, where) => (Object(value) === value ? value : expected('an object', value, where));
