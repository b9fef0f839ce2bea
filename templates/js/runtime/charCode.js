import { trap } from './trap.js';

/** A `char` that passes from part to part. */
export const charCode = (code) => {
  code >>>= 0;
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) trap('invalid `char` bit pattern');
  return code;
};
