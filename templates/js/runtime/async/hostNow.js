/** A function of the host as a callee that is done when it returns. */
const hostNow = (work) => (start, resolve) => {
  const values = start();
  hosting += 1;
  const value = work(...values);
  hosting -= 1;
  resolve(value, false);
  return { more: undefined, cancel: () => undefined };
};
