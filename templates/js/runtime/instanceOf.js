import { expected } from './expected.js';

export const instanceOf = (value, Class, where) =>
  value instanceof Class ? value : expected(`a \`${Class.name}\``, value, where);
