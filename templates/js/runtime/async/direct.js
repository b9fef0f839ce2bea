/** A core function that never waits. */
const direct = (core) => (args, then) => then(core(...args));
