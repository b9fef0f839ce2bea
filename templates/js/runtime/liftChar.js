import { trap } from './trap.js';

export const liftChar = (code) => {
  code >>>= 0;
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) trap('invalid `char` bit pattern');
  return String.fromCodePoint(code);
};
