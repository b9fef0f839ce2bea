// The files of `templates/js/wasi`: what a program asks for is bounded, what a host gives is checked.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as cli from './wasi/cli.js';
import { monotonicClock } from './wasi/clocks.js';
import { Memory, _setPreopens, preopens, types } from './wasi/filesystem.js';
import { error, poll, streams } from './wasi/io.js';
import { insecure, insecureSeed, random } from './wasi/random.js';

const dispose = Symbol.dispose ?? Symbol.for('dispose');
const U64 = (1n << 64n) - 1n;
const CHUNK = 65536;
const bytes = (text) => new TextEncoder().encode(text);
const all = { read: true, write: true };
const thrown = (action) => {
  try {
    action();
  } catch (value) {
    return value;
  }
  assert.fail(`nothing was thrown: ${action}`);
};
const traps = (action, message) => assert.throws(action, { name: 'RuntimeError', message });
const refuses = (action, message) => assert.throws(action, { name: 'TypeError', message });

const disk = realpathSync(mkdtempSync(join(tmpdir(), 'withe-wasi-')));
const volumes = (memory = new Memory({ 'a.txt': 'text', inner: {} })) => {
  writeFileSync(join(disk, 'a.txt'), 'text');
  mkdirSync(join(disk, 'inner'), { recursive: true });
  _setPreopens({ '/memory': memory, '/disk': disk });
  return preopens.getDirectories().map(([folder]) => folder);
};
const open = (folder, path, flags = {}, rights = all) => folder.openAt({ symlinkFollow: true }, path, flags, rights);

// However much is asked for, a read gives what there is, and has room for a chunk at most.
for (const folder of volumes()) {
  const file = open(folder, 'a.txt');
  const [found, atEnd] = file.read(U64, 0n);
  assert.deepEqual([found, atEnd], [bytes('text'), false]);
  assert.ok(found.buffer.byteLength <= CHUNK);
  const stream = file.readViaStream(0n);
  const read = stream.blockingRead(U64);
  assert.deepEqual(read, bytes('text'));
  assert.ok(read.buffer.byteLength <= CHUNK);
  assert.deepEqual(file.read(10n, 1n << 40n), [new Uint8Array(), true]);
  assert.equal(thrown(() => file.read(1n, U64)), 'invalid');
  for (const [far, code] of [[1n << 62n, 'file-too-large'], [U64, 'invalid']]) {
    assert.equal(thrown(() => file.write(bytes('x'), far)), code);
    assert.equal(thrown(() => file.writeViaStream(far)), code);
    assert.equal(thrown(() => file.setSize(far)), code);
  }
  assert.deepEqual(file.read(10n, 1n << 62n), [new Uint8Array(), true]);
}

// What memory holds is bounded by its limit, and comes back.
{
  const limit = 1 << 20;
  const [folder] = volumes(new Memory({ 'a.txt': 'text' }, { limit }));
  const file = open(folder, 'a.txt');
  assert.equal(thrown(() => file.setSize(1n << 30n)), 'insufficient-space');
  assert.equal(thrown(() => file.write(bytes('x'), 1n << 30n)), 'insufficient-space');
  const stream = file.writeViaStream(1n << 30n);
  const failure = thrown(() => stream.blockingWriteAndFlush(bytes('x')));
  assert.equal(types.filesystemErrorCode(failure.val), 'insufficient-space');
  // A stream that failed is closed.
  assert.deepEqual(thrown(() => stream.blockingWriteAndFlush(bytes('x'))), { tag: 'closed' });
  assert.deepEqual(thrown(() => stream.checkWrite()), { tag: 'closed' });
  assert.equal(file.stat().size, 4n);
  for (let round = 0; round < 10; round++) {
    file.setSize(BigInt(limit) - 1000n);
    file.setSize(4n);
    const made = open(folder, 'made', { create: true });
    made.setSize(BigInt(limit) - 1000n);
    folder.unlinkFileAt('made');
    const other = open(folder, 'other', { create: true });
    assert.equal(thrown(() => other.setSize(100_000n)), 'insufficient-space');
    made[dispose]();
    other.setSize(100_000n);
    other[dispose]();
    folder.unlinkFileAt('other');
  }
  // Names count as well.
  let names = 0;
  assert.equal(thrown(() => { for (;;) folder.createDirectoryAt(`folder ${names++}`); }), 'insufficient-space');
  assert.ok(names > 1000 && names < 5000, String(names));
  assert.deepEqual(file.read(10n, 0n)[0], bytes('text'));
}

// Names and paths.
for (const folder of volumes()) {
  assert.equal(thrown(() => folder.statAt({}, 'x/'.repeat(5000))), 'name-too-long');
  assert.equal(thrown(() => folder.symlinkAt('x/'.repeat(200_000), 'link')), 'name-too-long');
  assert.equal(thrown(() => folder.createDirectoryAt('n'.repeat(256))), 'name-too-long');
  assert.equal(thrown(() => folder.renameAt('a.txt', folder, 'ü'.repeat(128))), 'name-too-long');
  assert.equal(thrown(() => folder.symlinkAt('', 'link')), 'no-entry');
  assert.equal(thrown(() => folder.createDirectoryAt('.')), 'exist');
  assert.equal(thrown(() => folder.renameAt('a.txt', folder, 'b/')), 'not-directory');
  assert.equal(thrown(() => open(folder, 'a.txt', {}, { read: true }).setSize(0n)), 'invalid');
  assert.ok(['no-entry', 'name-too-long'].includes(thrown(() => folder.statAt({}, 'x/'.repeat(1500)))));
}

// Links are counted.
for (const folder of volumes()) {
  const links = (path) => folder.statAt({}, path).linkCount;
  folder.linkAt({}, 'a.txt', folder, 'same');
  const kept = open(folder, 'a.txt');
  open(folder, 'other', { create: true })[dispose]();
  folder.renameAt('other', folder, 'same');
  assert.deepEqual([links('a.txt'), links('same'), kept.stat().linkCount], [1n, 1n, 1n]);
  folder.unlinkFileAt('a.txt');
  assert.equal(kept.stat().linkCount, 0n);
  assert.deepEqual(kept.read(10n, 0n)[0], bytes('text'));
  kept[dispose]();
  folder.unlinkFileAt('same');
  folder.createDirectoryAt('one');
  folder.createDirectoryAt('two');
  folder.renameAt('one', folder, 'two');
  assert.equal(thrown(() => folder.statAt({}, 'one')), 'no-entry');
  folder.removeDirectoryAt('two');
}

// `no-change` changes nothing, not even by rounding.
for (const folder of volumes()) {
  const stamp = { tag: 'timestamp', val: { seconds: 1_700_000_000n, nanoseconds: 123_456_789 } };
  const none = { tag: 'no-change' };
  const times = () => {
    const { dataAccessTimestamp, dataModificationTimestamp } = folder.statAt({}, 'a.txt');
    return [dataAccessTimestamp, dataModificationTimestamp];
  };
  const near = ({ seconds, nanoseconds }) =>
    assert.ok(seconds === stamp.val.seconds && Math.abs(nanoseconds - stamp.val.nanoseconds) <= 1000, `${nanoseconds}`);
  folder.setTimesAt({}, 'a.txt', stamp, stamp);
  times().forEach(near);
  if (folder.metadataHash().upper !== 0n) execFileSync('touch', ['-d', '@1700000000.123456789', join(disk, 'a.txt')]);
  const before = times();
  folder.setTimesAt({}, 'a.txt', none, none);
  open(folder, 'a.txt').setTimes(none, none);
  assert.deepEqual(times(), before);
  assert.equal(before[1].nanoseconds, 123_456_789);
  folder.setTimesAt({}, 'a.txt', none, { tag: 'timestamp', val: { seconds: 5n, nanoseconds: 0 } });
  near(times()[0]);
  assert.deepEqual(times()[1], { seconds: 5n, nanoseconds: 0 });
  const late = { tag: 'timestamp', val: { seconds: U64, nanoseconds: 0 } };
  assert.equal(thrown(() => folder.setTimesAt({}, 'a.txt', none, late)), 'overflow');
}

// Names that are no UTF-8, and times before 1970, which others made.
if (process.platform === 'linux') {
  const [, folder] = volumes();
  const odd = Buffer.concat([Buffer.from(`${disk}/inner/`), Buffer.from([0x66, 0xff])]);
  writeFileSync(odd, '');
  const entries = folder.openAt({}, 'inner', { directory: true }, {}).readDirectory();
  assert.equal(thrown(() => entries.readDirectoryEntry()), 'illegal-byte-sequence');
  assert.equal(entries.readDirectoryEntry(), undefined);
  utimesSync(join(disk, 'a.txt'), new Date(-5000), new Date(-5000));
  const { mtimeNs } = statSync(join(disk, 'a.txt'), { bigint: true });
  const { dataModificationTimestamp } = folder.statAt({}, 'a.txt');
  assert.equal(dataModificationTimestamp === undefined, mtimeNs < 0n);
}

// Random bytes.
for (const some of [random.getRandomBytes, insecure.getInsecureRandomBytes]) {
  assert.equal(some(1n << 20n).length, 1 << 20);
  traps(() => some(U64), /^18446744073709551615 random bytes in one call are more than 67108864/);
}
assert.deepEqual(insecureSeed.insecureSeed(), insecureSeed.insecureSeed());

// Output: permits, and what is written and flushed at once.
{
  let length = 0;
  const out = new streams.OutputStream({ write: (bytes) => void (length += bytes.length) });
  traps(() => out.write(bytes('x')), 'a write of 1 bytes, where check-write allowed 0');
  traps(() => out.writeZeroes(U64), 'a write of 18446744073709551615 bytes, where check-write allowed 0');
  assert.equal(out.checkWrite(), BigInt(CHUNK));
  out.write(new Uint8Array(CHUNK - 1));
  out.writeZeroes(1n);
  traps(() => out.writeZeroes(1n), 'a write of 1 bytes, where check-write allowed 0');
  out.blockingWriteAndFlush(new Uint8Array(4096));
  out.blockingWriteZeroesAndFlush(4096n);
  assert.equal(length, CHUNK + 2 * 4096);
  traps(() => out.blockingWriteAndFlush(new Uint8Array(4097)), 'blocking-write-and-flush: 4097 bytes are more than 4096');
  traps(() => out.blockingWriteZeroesAndFlush(U64), /are more than 4096$/);
  const [, folder] = volumes();
  writeFileSync(join(disk, 'long'), new Uint8Array(3 * CHUNK));
  const source = open(folder, 'long').readViaStream(0n);
  const copy = open(folder, 'copy', { create: true }).writeViaStream(0n);
  let copied = 0n;
  const end = thrown(() => { for (;;) copied += copy.blockingSplice(source, U64); });
  assert.deepEqual([end, copied], [{ tag: 'closed' }, BigInt(3 * CHUNK)]);
  assert.equal(readFileSync(join(disk, 'copy')).length, 3 * CHUNK);
  // What the sink cannot take is not taken from the source.
  const closed = new streams.OutputStream({ write() { throw { tag: 'closed' }; } });
  thrown(() => closed.blockingWriteAndFlush(bytes('x')));
  const kept = open(folder, 'long').readViaStream(0n);
  assert.deepEqual(thrown(() => closed.splice(kept, 5n)), { tag: 'closed' });
  assert.equal(kept.blockingSkip(U64), BigInt(CHUNK));
}

// What handlers throw is no code of a file's, and what they give is looked at.
{
  cli._setStdout({ write() { throw 'no-entry'; } });
  const { tag, val } = thrown(() => cli.stdout.getStdout().blockingWriteAndFlush(bytes('x')));
  assert.deepEqual([tag, val.toDebugString()], ['last-operation-failed', 'no-entry']);
  assert.equal(types.filesystemErrorCode(val), undefined);
  cli._setStdout({ write() { throw { tag: 'last-operation-failed', val: 'text' }; } });
  assert.ok(thrown(() => cli.stdout.getStdout().blockingWriteAndFlush(bytes('x'))).val instanceof error.Error);
  let flushed = 0;
  cli._setStdout({ write() {}, flush: () => flushed++ });
  cli.stdout.getStdout().blockingFlush();
  assert.equal(flushed, 1);
  // More than was asked for is kept.
  const parts = [bytes('abcdef'), new Uint8Array()];
  cli._setStdin({ blockingRead: () => parts.shift() });
  const stdin = cli.stdin.getStdin();
  assert.deepEqual([stdin.blockingRead(4n), stdin.blockingRead(4n)], [bytes('abcd'), bytes('ef')]);
  assert.deepEqual(thrown(() => stdin.blockingRead(4n)), { tag: 'closed' });
  assert.deepEqual(thrown(() => stdin.blockingRead(4n)), { tag: 'closed' });
  cli._setStdin({ blockingRead: () => 'text' });
  refuses(() => cli.stdin.getStdin().blockingRead(4n), '_setStdin: `blockingRead`: expected a Uint8Array, found a string');
}

// What the functions for hosts refuse, each by its name. What was set before stays.
cli._setArgs(['kept']);
cli._setEnv({ KEPT: '1' });
cli._setCwd('/kept');
for (const [action, message] of [
  [() => cli._setArgs('a b'), '_setArgs: expected an array of strings, found a string'],
  [() => cli._setArgs(['a', 1]), '_setArgs: argument 1: expected a string, found a number'],
  [() => cli._setEnv([['A', 'b']]), "_setEnv: expected { NAME: 'value' }, found an object of Array"],
  [() => cli._setEnv(new Map()), "_setEnv: expected { NAME: 'value' }, found an object of Map"],
  [() => cli._setEnv(undefined), "_setEnv: expected { NAME: 'value' }, found undefined"],
  [() => cli._setEnv({ A: undefined }), '_setEnv: A: expected a string, found undefined'],
  [() => cli._setCwd(null), '_setCwd: expected a string, found null'],
  [() => cli._setStdin({}), '_setStdin: expected a stream, or an object with `blockingRead(length)`, found an object of Object'],
  [() => cli._setStdout((text) => text), '_setStdout: expected a stream, or an object with `write(bytes)`, found a function'],
  [() => cli._setStderr(undefined), '_setStderr: expected a stream, or an object with `write(bytes)`, found undefined'],
  [() => _setPreopens('/'), "_setPreopens: expected { '/name': 'folder' }, found a string"],
  [() => _setPreopens({ '/a': 7 }), '_setPreopens: /a: expected a path, a Memory, or an object with files, found a number'],
  [() => _setPreopens({ '/a': { b: 7 } }), "Memory: b: expected text, a Uint8Array, or { 'name': .. }, found a number"],
  [() => new Memory('text'), "Memory: expected an object with files: { 'name': 'text' }, found a string"],
  [() => new Memory({ a: { b: null } }), "Memory: a/b: expected text, a Uint8Array, or { 'name': .. }, found null"],
  [() => new Memory({ 'a/b': '' }), 'Memory: the folder: "a/b" is no name of a file'],
  [() => new Memory({ a: { '..': '' } }), 'Memory: a: ".." is no name of a file'],
  [() => new Memory({}, { limit: -1 }), 'Memory: limit: expected a number of bytes, found a number'],
]) {
  refuses(action, message);
}
const { getArguments, getEnvironment, initialCwd } = cli.environment;
assert.deepEqual([getArguments(), getEnvironment(), initialCwd()], [['kept'], [['KEPT', '1']], '/kept']);

// Bytes that are given are copied, and files come back, however deep.
{
  const given = Buffer.from('text');
  const memory = new Memory({ file: given });
  given[0] = 0;
  assert.deepEqual(memory.files().file, bytes('text'));
  const [folder] = volumes(memory);
  const path = 'd/'.repeat(100);
  for (let at = 1; at <= 100; at++) folder.createDirectoryAt('d/'.repeat(at));
  for (let round = 0; round < 120; round++) {
    folder.createDirectoryAt('e');
    folder.renameAt('d', folder, 'e/d');
    folder.createDirectoryAt('d');
    for (let at = 2; at <= 100; at++) folder.createDirectoryAt('d/'.repeat(at));
    folder.renameAt('e', folder, `${path}e`);
  }
  let found = memory.files();
  let depth = 0;
  while ((found = found.d ?? found.e)) depth++;
  assert.ok(depth > 10_000, String(depth));
}

// Clocks far ahead; whichever is ready first ends the wait.
{
  const never = monotonicClock.subscribeDuration(U64);
  assert.equal(never.ready(), false);
  const soon = monotonicClock.subscribeDuration(5_000_000n);
  assert.deepEqual(poll.poll([never, soon, never]), Uint32Array.of(1));
  assert.equal(never.ready(), false);
}
