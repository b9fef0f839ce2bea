// wasi:random@0.2.
import { trap } from './host.js';

/** As many as are taken at once. */
const CHUNK = 65536;
/** The most bytes of one call. */
const MOST = 1n << 26n;

const bytes = (length) => {
  if (length > MOST) trap(`${length} random bytes in one call are more than ${MOST}: ask for them in parts`);
  const filled = new Uint8Array(Number(length));
  for (let at = 0; at < filled.length; at += CHUNK) crypto.getRandomValues(filled.subarray(at, at + CHUNK));
  return filled;
};

const number = () => crypto.getRandomValues(new BigUint64Array(1))[0];

export const random = { getRandomBytes: bytes, getRandomU64: number };

export const insecure = { getInsecureRandomBytes: bytes, getInsecureRandomU64: number };

/** One for the whole program. */
const seed = [number(), number()];

export const insecureSeed = {
  insecureSeed() {
    return seed;
  },
};
