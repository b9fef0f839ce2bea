import { at } from './expected.js';

/** An error about a member of what is lowered now. */
export const deeper = (error, member) => {
  const place = at.replace(/\((.+)\)/, ': parameter "$1');
  const isOurs = error instanceof TypeError && error.message.startsWith(place);
  return isOurs ? new TypeError(place + member + error.message.slice(place.length)) : error;
};
