import { load } from './load.js';

/** Bytes are compiled; where nobody gives modules, they are loaded from beside this one. */
export const coreModule = async (give, file) => {
  const found = await (give ? give(file) : load(`./${encodeURIComponent(file)}`));
  return found instanceof ArrayBuffer || ArrayBuffer.isView(found) ? WebAssembly.compile(found) : found;
};
