/** What is lowered now, for messages: the function with its parameter, as in `add(a)`, or its result. */
export let at = '';

/** `where` is a place, or a member in it such as `.name`. */
export const expected = (what, value, where = at) => {
  const object = Array.isArray(value) ? 'an array' : 'an object';
  const found = value == null ? value : typeof value === 'object' ? object : `a ${typeof value}`;
  if (/^[.[]/.test(where)) where = at + where; //: Members
  const place = where.replace(/\((.+)\)(.*)/, ': parameter "$1$2"');
  throw new TypeError(`${place}: expected ${what}, found ${found}`);
};
