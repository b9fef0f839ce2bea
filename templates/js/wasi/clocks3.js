// wasi:clocks@0.3. Who waits gives the thread back: the event loop goes on.
import { RESOLUTION, wallClock } from './clocks.js';
import { monotonicNow } from './io.js';

/** The longest time in one piece, in milliseconds: timers take no more than 31 bits. */
const HOUR = 3_600_000;

/** A timer may be early by a part of a millisecond, and is asked again then. */
const waitUntil = async (when) => {
  for (let left = when - monotonicNow(); left > 0n; left = when - monotonicNow()) {
    await new Promise((go) => setTimeout(go, Math.min(Math.ceil(Number(left) / 1e6), HOUR)));
  }
};

export const monotonicClock = {
  now: monotonicNow,
  getResolution() {
    return RESOLUTION;
  },
  waitUntil,
  waitFor(time) {
    return waitUntil(monotonicNow() + time);
  },
};

export const systemClock = {
  now: wallClock.now,
  getResolution() {
    return 1_000_000n;
  },
};
