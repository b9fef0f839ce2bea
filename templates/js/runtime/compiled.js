/** Bytes are compiled. */
export const compiled = (found) =>
  found instanceof ArrayBuffer || ArrayBuffer.isView(found) ? new WebAssembly.Module(found) : found;
