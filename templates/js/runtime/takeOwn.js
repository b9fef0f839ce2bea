import { trap } from './trap.js';

/** Takes out what is owned, to pass it on. */
export const takeOwn = (handles, index, type) => {
  if (!handles.get(index, type).own) trap('cannot lift own resource from a borrow');
  return handles.remove(index, type).value;
};
