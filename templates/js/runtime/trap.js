export const trap = (message, options) => {
  throw new WebAssembly.RuntimeError(message, options);
};
