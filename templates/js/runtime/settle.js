import { trap } from './trap.js';

/** The end of a call for which handles were lent. */
export const settle = (handles) => {
  if (handles.call.borrows) trap('borrow handles still remain at the end of the call');
};
