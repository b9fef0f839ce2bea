/** The second core value of a string or list, in bytes, units or elements. */
export let length = 0;

export const done = (ptr, count) => {
  length = count;
  return ptr;
};
