import { expected } from './expected.js';
import { rep } from './rep.js';

export const repOf = (value, Class, where) =>
  value instanceof Class
    ? value[rep] ?? expected(`a \`${Class.name}\` that is still owned`, value, where)
    : expected(`a \`${Class.name}\``, value, where);
