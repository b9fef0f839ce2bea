// The files of `templates/js/wasi` where there is no process, as on a page.
import assert from 'node:assert/strict';

globalThis.process = undefined;
const printed = [];
globalThis.console = { log: (line) => printed.push(`log: ${line}`), error: (line) => printed.push(`error: ${line}`) };
const cli = await import('./wasi/cli.js');
const { monotonicClock } = await import('./wasi/clocks.js');
const { _setPreopens } = await import('./wasi/filesystem.js');
const { poll } = await import('./wasi/io.js');

const bytes = (text) => new TextEncoder().encode(text);
const out = cli.stdout.getStdout();
const print = (text) => out.blockingWriteAndFlush(typeof text === 'string' ? bytes(text) : text);
const lines = () => printed.splice(0);

// Lines, however they are cut; the rest once the program rests.
print('one\ntw');
print('o\n\n\uFEFFthree');
assert.deepEqual(lines(), ['log: one', 'log: two', 'log: ']);
await undefined;
assert.deepEqual(lines(), ['log: \uFEFFthree']);
for (const byte of bytes('ü😀\n')) print(Uint8Array.of(byte));
assert.deepEqual(lines(), ['log: ü😀']);
cli.stderr.getStderr().blockingWriteAndFlush(bytes('wrong\n'));
assert.deepEqual(lines(), ['error: wrong']);

// A line that does not end is neither kept for ever, nor looked at again with each write.
const start = performance.now();
for (let at = 0; at < 300_000; at++) print('x');
assert.ok(performance.now() - start < 5000, `${performance.now() - start} ms`);
const parts = lines();
assert.ok(parts.length >= 4 && parts.every((part) => part.length < 70_000));
print('\n');
assert.equal([...parts, ...lines()].join('').replaceAll('log: ', '').length, 300_000);

// What there is not.
assert.throws(() => cli.stdin.getStdin().blockingRead(1n), (thrown) => thrown.tag === 'closed');
assert.equal(cli.terminalStdout.getTerminalStdout(), undefined);
assert.deepEqual([cli.environment.getArguments(), cli.environment.getEnvironment()], [[], []]);
assert.throws(() => _setPreopens({ '/': '/tmp' }), /^TypeError: there are no folders of the machine here/);
for (const [action, code] of [
  [() => cli.exit.exit({ tag: 'ok' }), 0],
  [() => cli.exit.exit({ tag: 'err' }), 1],
  [() => cli.exit.exitWithCode(7), 7],
]) {
  assert.throws(action, { exitError: true, code, message: `the program ended with status ${code}` });
}

// A page's thread may not sleep: it turns.
const wait = Atomics.wait;
Atomics.wait = () => {
  throw new TypeError('Atomics.wait cannot be called in this context');
};
const before = monotonicClock.now();
assert.deepEqual(poll.poll([monotonicClock.subscribeDuration(5_000_000n)]), Uint32Array.of(0));
assert.ok(monotonicClock.now() - before >= 5_000_000n);
assert.equal(monotonicClock.resolution(), 100_000n);
Atomics.wait = wait;
