import { expected } from './expected.js';

export const character = (value, where) => {
  const code = typeof value === 'string' ? value.codePointAt(0) : undefined;
  const isOne = code < 0xd800 || (code > 0xdfff && code < 0x110000);
  return isOne && value.length === (code > 0xffff ? 2 : 1) ? code : expected('a character', value, where);
};
