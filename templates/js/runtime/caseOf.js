import { expected } from './expected.js';

export const caseOf = (cases, value, where) => {
  const index = cases.indexOf(value);
  if (index < 0) expected(`one of ${cases.map((name) => `\`${name}\``).join(', ')}`, value, where);
  return index;
};
