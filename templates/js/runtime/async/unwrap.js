/** An answer for the host: an error is thrown. */
const unwrap = ({ tag, val }) => {
  if (tag === 'err') throw new ComponentError(val);
  return val;
};
