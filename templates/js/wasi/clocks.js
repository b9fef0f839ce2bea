// wasi:clocks@0.2.
import { process } from './host.js';
import { monotonicNow, poll } from './io.js';

/** Nanoseconds: pages see a coarser clock unless they are isolated. */
export const RESOLUTION = process ? 1n : globalThis.crossOriginIsolated ? 5_000n : 100_000n;

export const monotonicClock = {
  now: monotonicNow,
  resolution() {
    return RESOLUTION;
  },
  subscribeInstant(when) {
    return new poll.Pollable(when);
  },
  subscribeDuration(duration) {
    return new poll.Pollable(monotonicNow() + duration);
  },
};

export const wallClock = {
  now() {
    const milliseconds = Date.now();
    return { seconds: BigInt(Math.floor(milliseconds / 1000)), nanoseconds: (milliseconds % 1000) * 1e6 };
  },
  resolution() {
    return { seconds: 0n, nanoseconds: 1e6 };
  },
};
