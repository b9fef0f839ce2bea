import { expected } from './expected.js';

export const entries = (value, where) => (value instanceof Map ? value : expected('a Map', value, where));
