/** A function of the host as a callee: its promise may be fulfilled later. */
const host = (work) => (start, resolve) => {
  const values = start();
  hosting += 1;
  const value = work(...values);
  hosting -= 1;
  if (typeof value?.then !== 'function') {
    resolve(value, false);
    return { more: undefined, cancel: () => undefined };
  }
  outstanding += 1;
  value.then((value) => {
    if (failure) return;
    resolve(value, false);
    outstanding -= 1;
    wake();
  }).catch(die);
  return { more: undefined, cancel: () => undefined };
};
