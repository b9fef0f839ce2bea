// The files of `templates/js/wasi`, each by itself.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as cli from './wasi/cli.js';
import { monotonicClock, wallClock } from './wasi/clocks.js';
import { Memory, _setPreopens, preopens, types } from './wasi/filesystem.js';
import { error, poll, streams } from './wasi/io.js';
import { insecure, insecureSeed, random } from './wasi/random.js';

const dispose = Symbol.dispose ?? Symbol.for('dispose');
const bytes = (text) => new TextEncoder().encode(text);
const text = (bytes) => new TextDecoder().decode(bytes);
/** What is thrown, as it is. */
const thrown = (action) => {
  try {
    action();
  } catch (value) {
    return value;
  }
  assert.fail('nothing was thrown');
};

// cli
{
  cli._setArgs(['name', 'one']);
  cli._setEnv({ A: 'b' });
  cli._setCwd('/somewhere');
  const { getArguments, getEnvironment, initialCwd } = cli.environment;
  assert.deepEqual([getArguments(), getEnvironment(), initialCwd()], [['name', 'one'], [['A', 'b']], '/somewhere']);
  const written = [];
  cli._setStdout({ write: (bytes) => written.push(text(bytes)) });
  cli.stdout.getStdout().blockingWriteAndFlush(bytes('line'));
  assert.deepEqual(written, ['line']);
  const input = [bytes('ab')];
  cli._setStdin({ blockingRead: () => input.pop() ?? new Uint8Array() });
  const stdin = cli.stdin.getStdin();
  assert.ok(stdin instanceof streams.InputStream);
  assert.equal(text(stdin.blockingRead(10n)), 'ab');
  assert.deepEqual(thrown(() => stdin.read(1n)), { tag: 'closed' });
  cli._setStdin({
    blockingRead() {
      throw { tag: 'closed' };
    },
  });
  assert.deepEqual(thrown(() => cli.stdin.getStdin().read(1n)), { tag: 'closed' });
  cli._setStderr({
    write() {
      throw new Error('it is full');
    },
  });
  const failure = thrown(() => cli.stderr.getStderr().blockingWriteAndFlush(bytes('x')));
  assert.equal(failure.tag, 'last-operation-failed');
  assert.ok(failure.val instanceof error.Error);
  assert.equal(failure.val.toDebugString(), 'it is full');
}

// clocks
{
  const start = monotonicClock.now();
  const soon = monotonicClock.subscribeDuration(20_000_000n);
  const late = monotonicClock.subscribeInstant(start + 3_600_000_000_000n);
  assert.deepEqual([soon.ready(), late.ready()], [false, false]);
  assert.deepEqual(poll.poll([late, soon]), Uint32Array.of(1));
  assert.ok(monotonicClock.now() - start >= 20_000_000n);
  assert.ok(soon instanceof poll.Pollable);
  assert.throws(() => poll.poll([]), WebAssembly.RuntimeError);
  const { seconds, nanoseconds } = wallClock.now();
  assert.ok(Math.abs(Number(seconds) * 1000 + nanoseconds / 1e6 - Date.now()) < 2000);
}

// clocks of WASI 0.3
{
  const { monotonicClock: clock, systemClock } = await import('./wasi/clocks3.js');
  const start = clock.now();
  await Promise.all([clock.waitFor(20_000_000n), clock.waitUntil(start + 10_000_000n), clock.waitUntil(0n)]);
  assert.ok(clock.now() - start >= 20_000_000n);
  assert.ok(Math.abs(Number(systemClock.now().seconds) - Date.now() / 1000) < 2);
}

// random
{
  assert.equal(random.getRandomBytes(200_000n).length, 200_000);
  assert.ok(new Set(random.getRandomBytes(200_000n).subarray(-1000)).size > 100);
  assert.notEqual(random.getRandomU64(), random.getRandomU64());
  assert.equal(insecure.getInsecureRandomBytes(3n).length, 3);
  assert.equal(typeof insecure.getInsecureRandomU64(), 'bigint');
  assert.equal(insecureSeed.insecureSeed().length, 2);
}

// filesystem, in memory and on the disk
const all = { read: true, write: true };
const walk = (folder) => {
  const open = (path, flags = {}, rights = { read: true }, follow = true) =>
    folder.openAt({ symlinkFollow: follow }, path, flags, rights);
  const names = (path) => {
    const stream = open(path, { directory: true }).readDirectory();
    const found = [];
    for (let entry; (entry = stream.readDirectoryEntry()); ) found.push(`${entry.name}: ${entry.type}`);
    return found.sort();
  };

  assert.equal(folder.getType(), 'directory');
  assert.deepEqual(names('.'), ['a.txt: regular-file', 'inner: directory']);
  const file = open('a.txt', {}, all);
  assert.ok(file instanceof types.Descriptor);
  assert.deepEqual(file.read(3n, 1n), [bytes('ext'), false]);
  assert.deepEqual(file.read(3n, 4n), [new Uint8Array(), true]);
  assert.equal(file.write(bytes('!?'), 6n), 2n);
  assert.deepEqual(file.read(100n, 0n)[0], bytes('text\0\0!?'));
  file.setSize(2n);
  const appended = file.appendViaStream();
  appended.blockingWriteAndFlush(bytes('-'));
  file.write(bytes('Z'), 0n);
  appended.blockingWriteAndFlush(bytes('+'));
  const reader = file.readViaStream(1n);
  file[dispose]();
  assert.equal(text(reader.blockingRead(100n)), 'e-+');
  assert.deepEqual(thrown(() => reader.read(1n)), { tag: 'closed' });
  reader[dispose]();
  appended[dispose]();

  const stat = folder.statAt({}, 'a.txt');
  assert.deepEqual([stat.type, stat.size, stat.linkCount], ['regular-file', 4n, 1n]);
  folder.setTimesAt({}, 'a.txt', { tag: 'no-change' }, { tag: 'timestamp', val: { seconds: 1000n, nanoseconds: 5e8 } });
  assert.deepEqual(folder.statAt({}, 'a.txt').dataModificationTimestamp, { seconds: 1000n, nanoseconds: 5e8 });
  assert.deepEqual(folder.statAt({}, 'a.txt').dataAccessTimestamp.seconds, stat.dataAccessTimestamp.seconds);

  // Ways out.
  for (const path of ['..', '../x', 'inner/../..', '/etc/passwd', 'inner/../../x', './..']) {
    assert.equal(thrown(() => open(path)), 'not-permitted', path);
    assert.equal(thrown(() => folder.createDirectoryAt(path)), 'not-permitted', path);
  }
  assert.equal(thrown(() => folder.symlinkAt('/etc', 'link')), 'not-permitted');
  folder.symlinkAt('../../..', 'inner/out');
  assert.equal(thrown(() => open('inner/out')), 'not-permitted');
  assert.equal(thrown(() => open('inner/out/x')), 'not-permitted');
  assert.equal(thrown(() => open('inner').openAt({}, '..', {}, {})), 'not-permitted');
  folder.symlinkAt('../a.txt', 'inner/back');
  assert.deepEqual(open('inner/back').read(1n, 0n)[0], bytes('Z'));
  assert.equal(thrown(() => open('inner').openAt({ symlinkFollow: true }, 'back', {}, all)), 'not-permitted');
  assert.equal(thrown(() => open('inner/back', {}, all, false)), 'loop');
  assert.equal(folder.statAt({}, 'inner/back').type, 'symbolic-link');
  assert.equal(folder.readlinkAt('inner/back'), '../a.txt');
  folder.symlinkAt('self', 'self');
  assert.equal(thrown(() => open('self')), 'loop');
  folder.symlinkAt('made', 'dangling');
  open('dangling', { create: true }, all)[dispose]();
  assert.ok(names('.').includes('made: regular-file'));

  // What is wrong.
  for (const [code, action] of [
    ['no-entry', () => open('missing')],
    ['no-entry', () => open('')],
    ['no-entry', () => open('missing/below', { create: true }, all)],
    ['not-directory', () => open('a.txt/below')],
    ['not-directory', () => open('a.txt/')],
    ['not-directory', () => open('a.txt', { directory: true })],
    ['is-directory', () => open('inner', {}, all)],
    ['is-directory', () => open('inner', { create: true }, all)],
    ['exist', () => open('a.txt', { create: true, exclusive: true }, all)],
    ['invalid', () => open('a\0b')],
    ['invalid', () => open('x', { create: true, directory: true })],
    ['exist', () => folder.createDirectoryAt('inner')],
    ['not-empty', () => folder.removeDirectoryAt('inner')],
    ['not-directory', () => folder.removeDirectoryAt('a.txt')],
    ['bad-descriptor', () => open('a.txt').write(bytes('x'), 0n)],
    ['bad-descriptor', () => open('inner').read(1n, 0n)],
    ['not-directory', () => open('a.txt').readDirectory()],
    ['not-directory', () => open('a.txt').openAt({}, 'x', {}, {})],
    ['not-directory', () => open('a.txt').statAt({}, 'x')],
    ['not-directory', () => open('a.txt').readlinkAt('x')],
    ['not-directory', () => open('a.txt').metadataHashAt({}, 'x')],
    ['busy', () => folder.removeDirectoryAt('.')],
    ['busy', () => folder.removeDirectoryAt('inner/..')],
    ['busy', () => folder.renameAt('.', folder, 'elsewhere')],
    ['not-permitted', () => folder.createDirectoryAt('/')],
    ['not-permitted', () => folder.createDirectoryAt(`${'/'.repeat(100_000)}a`)],
  ]) {
    assert.equal(thrown(action), code, String(action));
  }

  // Changing names.
  folder.createDirectoryAt('inner/deep/');
  folder.linkAt({}, 'a.txt', folder, 'inner/same');
  assert.equal(folder.statAt({}, 'a.txt').linkCount, 2n);
  assert.ok(open('a.txt').isSameObject(open('inner/same')));
  assert.ok(!open('a.txt').isSameObject(open('made')));
  assert.deepEqual(folder.metadataHashAt({}, 'a.txt'), folder.metadataHashAt({}, 'inner/same'));
  folder.renameAt('inner/same', folder, 'inner/deep/other');
  assert.equal(thrown(() => folder.renameAt('inner', folder, 'inner/deep/inner')), 'invalid');
  folder.unlinkFileAt('inner/deep/other');
  folder.removeDirectoryAt('inner/deep');
  for (const name of ['inner/out', 'inner/back', 'self', 'dangling', 'made']) folder.unlinkFileAt(name);
  folder.removeDirectoryAt('inner');
  assert.deepEqual(names('.'), ['a.txt: regular-file']);
  const large = open('large', { create: true }, all);
  const writer = large.writeViaStream(0n);
  for (let left = 3_000_000n; left > 0n; ) {
    const permit = writer.checkWrite();
    const part = left < permit ? left : permit;
    writer.write(new Uint8Array(Number(part)).fill(7));
    left -= part;
  }
  assert.equal(folder.statAt({}, 'large').size, 3_000_000n);
  assert.equal(thrown(() => folder.readViaStream(0n)), 'is-directory');
  assert.equal(thrown(() => open('large', {}, { read: true, fileIntegritySync: true })), 'unsupported');
  assert.deepEqual(open('large', {}, {}).getFlags(), { read: true, write: false });
};

{
  const memory = new Memory({ 'a.txt': 'text', inner: {} });
  const disk = realpathSync(mkdtempSync(join(tmpdir(), 'withe-wasi-')));
  writeFileSync(join(disk, 'a.txt'), 'text');
  mkdirSync(join(disk, 'inner'));
  assert.deepEqual(preopens.getDirectories(), []);
  _setPreopens({ '/memory': memory, '/disk': disk });
  const [[one, name], [two]] = preopens.getDirectories();
  assert.equal(name, '/memory');
  walk(one);
  walk(two);
  assert.deepEqual(memory.files()['a.txt'], bytes('Ze-+'));
  assert.equal(readFileSync(join(disk, 'a.txt'), 'utf8'), 'Ze-+');
  assert.equal(thrown(() => one.renameAt('a.txt', two, 'b.txt')), 'cross-device');
  // A link that somebody else made.
  symlinkSync('/etc', join(disk, 'etc'));
  assert.equal(thrown(() => two.openAt({ symlinkFollow: true }, 'etc/passwd', {}, {})), 'not-permitted');
  assert.equal(thrown(() => two.readlinkAt('etc')), 'not-permitted');
  assert.throws(() => _setPreopens({ '/x': join(disk, 'missing') }), { code: 'ENOENT' });
  assert.equal(types.filesystemErrorCode(new error.Error('gone', 'no-entry')), 'no-entry');
  assert.equal(types.filesystemErrorCode(new error.Error('else')), undefined);
}
