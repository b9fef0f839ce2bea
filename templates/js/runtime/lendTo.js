/** A handle that is borrowed for the call at hand. */
export const lendTo = (handles, type, value) => {
  handles.call.borrows++;
  return handles.add(type, value, false);
};
