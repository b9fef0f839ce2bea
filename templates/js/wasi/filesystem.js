// wasi:filesystem@0.2. A program sees the folders that `_setPreopens` names, and none else.
//
// Paths are resolved name by name, and links too, so that none leads out of its folder. Whoever changes the folder
// from outside at that very moment is not kept away.
import { Disk } from './disk.js';
import { dispose, expect, isPlain } from './host.js';
import { CHUNK, error, InputStream, OutputStream } from './io.js';
import { Memory } from './memory.js';

export { Memory };

const MAX_LINKS = 40;
/** The most UTF-16 units of a path, and of what a link leads to. */
const MAX_PATH = 4096;
/** The most folders in one another that are reached. */
const MAX_DEPTH = 1000;

const raise = (code) => {
  throw code;
};

/** Undefined before 1970, for which there is no value. */
const datetime = (nanoseconds) =>
  nanoseconds < 0n
    ? undefined
    : { seconds: nanoseconds / 1_000_000_000n, nanoseconds: Number(nanoseconds % 1_000_000_000n) };

const statOf = ({ type, links, size, accessed, modified, changed }) => ({
  type,
  linkCount: links,
  size,
  dataAccessTimestamp: datetime(accessed),
  dataModificationTimestamp: datetime(modified),
  statusChangeTimestamp: datetime(changed),
});

/** `now` or a timestamp, in nanoseconds; undefined for `no-change`. */
const timeOf = ({ tag, val }) => {
  if (tag === 'no-change') return undefined;
  if (tag === 'now') return BigInt(Date.now()) * 1_000_000n;
  if (val.seconds >> 63n) throw 'overflow';
  return val.seconds * 1_000_000_000n + BigInt(val.nanoseconds);
};

const hashOf = ({ id: [lower, upper] }) => ({ lower, upper });

/** A position or a size to write; no file reaches beyond what a number tells exactly. */
const exact = (offset) => {
  if (offset >> 63n) throw 'invalid';
  return offset <= Number.MAX_SAFE_INTEGER ? Number(offset) : raise('file-too-large');
};

/** A position to read: beyond each file there is nothing. */
const readable = (offset) => {
  if (offset >> 63n) throw 'invalid';
  return Math.min(Number(offset), Number.MAX_SAFE_INTEGER);
};

/** What fails on a file's stream is told with its code. */
const streaming = (action) => {
  try {
    return action();
  } catch (code) {
    throw typeof code === 'string' ? new error.Error(code, code) : code;
  }
};

/** A folder, or an open file. */
class Descriptor {
  #volume;
  /** Where a folder is. */
  #names;
  #file;
  #flags;
  /** How many use the open file: this, and its streams. */
  #users = { count: 1 };

  static folder(volume, names, flags) {
    const made = new Descriptor();
    made.#volume = volume;
    made.#names = names;
    made.#flags = flags;
    return made;
  }

  static file(file, flags) {
    const made = new Descriptor();
    made.#file = file;
    made.#flags = flags;
    return made;
  }

  /** The open file; `right` is what must have been asked for. */
  #open(right) {
    if (!this.#file || (right && !this.#flags[right])) throw 'bad-descriptor';
    return this.#file;
  }

  #changeable() {
    if (!this.#volume) throw 'not-directory';
    if (!this.#flags.mutateDirectory) throw 'read-only';
  }

  /** Where a path leads: below this folder, always. What it leads to need not be there. */
  #resolve(path, follow) {
    if (!this.#volume) throw 'not-directory';
    if (path === '') throw 'no-entry';
    if (path.startsWith('/')) throw 'not-permitted';
    if (path.length > MAX_PATH) throw 'name-too-long';
    if (path.includes('\0')) throw 'invalid';
    const wantsFolder = path.endsWith('/');
    const found = [...this.#names];
    const rest = path.split('/').reverse();
    for (let links = 0; rest.length; ) {
      const name = rest.pop();
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (found.length === this.#names.length) throw 'not-permitted';
        found.pop();
        continue;
      }
      const isLast = !rest.some((name) => name !== '' && name !== '.');
      if (found.push(name) > MAX_DEPTH) throw 'name-too-long';
      const type = this.#typeOf(found, isLast);
      if (type === 'symbolic-link' && (!isLast || follow || wantsFolder)) {
        if (++links > MAX_LINKS) throw 'loop';
        const target = this.#volume.readLink(found);
        if (target.startsWith('/')) throw 'not-permitted';
        found.pop();
        rest.push(...target.split('/').reverse());
      } else if (type && type !== 'directory' && (!isLast || wantsFolder)) {
        throw 'not-directory';
      }
    }
    return found;
  }

  /** A folder that is open to the program is neither removed nor renamed by it. */
  #inside(path) {
    const names = this.#resolve(path, false);
    if (names.length === 0) throw 'busy';
    return names;
  }

  /** Undefined if nothing is there, which only the end of a path may say. */
  #typeOf(names, isLast) {
    try {
      return this.#volume.stat(names).type;
    } catch (code) {
      if (code === 'no-entry' && isLast) return undefined;
      throw code;
    }
  }

  #use() {
    this.#users.count++;
    return this.#release(this.#file, this.#users);
  }

  #release(file, users) {
    return () => {
      if (--users.count === 0) file.close();
    };
  }

  readViaStream(offset) {
    if (this.#volume) throw 'is-directory';
    const file = this.#open('read');
    let at = readable(offset);
    const read = (length) => {
      const bytes = new Uint8Array(length);
      const count = streaming(() => file.read(bytes, at));
      at += count;
      return bytes.subarray(0, count);
    };
    return new InputStream({ read, close: this.#use() });
  }

  #writer(at) {
    const file = this.#open('write');
    let next = at;
    const write = (bytes) => {
      next ??= Number(file.stat().size);
      for (let from = 0; from < bytes.length; ) from += file.write(bytes.subarray(from), next + from);
      next = at === undefined ? undefined : next + bytes.length;
    };
    return new OutputStream({ write: (bytes) => streaming(() => write(bytes)), close: this.#use() });
  }

  writeViaStream(offset) {
    return this.#writer(exact(offset));
  }

  appendViaStream() {
    return this.#writer(undefined);
  }

  advise() {
    this.#open();
  }

  syncData() {
    this.sync();
  }

  sync() {
    this.#file?.sync();
  }

  getFlags() {
    return this.#flags;
  }

  getType() {
    return this.#stat().type;
  }

  #stat() {
    return this.#file ? this.#file.stat() : this.#volume.stat(this.#names);
  }

  setSize(size) {
    const file = this.#open();
    if (!this.#flags.write) throw 'invalid';
    file.resize(exact(size));
  }

  setTimes(accessed, modified) {
    const times = [timeOf(accessed), timeOf(modified)];
    if (this.#file) return this.#open('write').setTimes(...times);
    this.#changeable();
    this.#volume.setTimes(this.#names, ...times);
  }

  read(length, offset) {
    const file = this.#open('read');
    const bytes = new Uint8Array(length < CHUNK ? Number(length) : CHUNK);
    const count = file.read(bytes, readable(offset));
    return [bytes.subarray(0, count), count === 0 && length > 0n];
  }

  write(bytes, offset) {
    return BigInt(this.#open('write').write(bytes, exact(offset)));
  }

  readDirectory() {
    if (!this.#volume) throw 'not-directory';
    return DirectoryEntryStream.over(this.#volume.list(this.#names));
  }

  createDirectoryAt(path) {
    this.#changeable();
    let end = path.length;
    while (end > 1 && path[end - 1] === '/') end--;
    this.#volume.makeFolder(this.#resolve(path.slice(0, end), false));
  }

  stat() {
    return statOf(this.#stat());
  }

  statAt({ symlinkFollow }, path) {
    const names = this.#resolve(path, symlinkFollow);
    return statOf(this.#volume.stat(names));
  }

  setTimesAt({ symlinkFollow }, path, accessed, modified) {
    this.#changeable();
    this.#volume.setTimes(this.#resolve(path, symlinkFollow), timeOf(accessed), timeOf(modified));
  }

  linkAt({ symlinkFollow }, path, other, otherPath) {
    this.#changeable();
    other.#changeable();
    if (symlinkFollow) throw 'invalid';
    this.#volume.link(this.#resolve(path, false), other.#volume, other.#resolve(otherPath, false));
  }

  openAt({ symlinkFollow }, path, { create, directory, exclusive, truncate }, flags) {
    if (directory && (create || exclusive || truncate)) throw 'invalid';
    const { write = false, read = false, mutateDirectory = false } = flags;
    if (flags.fileIntegritySync || flags.dataIntegritySync || flags.requestedWriteSync) throw 'unsupported';
    const names = this.#resolve(path, symlinkFollow && !exclusive);
    if (create || truncate || write || mutateDirectory) this.#changeable();
    const type = names.length === this.#names.length ? 'directory' : this.#typeOf(names, true);
    if (type && create && exclusive) throw 'exist';
    if (type === 'directory') {
      if (create || truncate || write) throw 'is-directory';
      return Descriptor.folder(this.#volume, names, this.#flags);
    }
    if (directory) throw type ? 'not-directory' : 'no-entry';
    if (type === 'symbolic-link') throw 'loop';
    if (path.endsWith('/')) throw create ? 'is-directory' : 'no-entry';
    const rights = { read: read || !write, write };
    return Descriptor.file(this.#volume.open(names, { create, exclusive, truncate, ...rights }), rights);
  }

  readlinkAt(path) {
    const names = this.#resolve(path, false);
    const target = this.#volume.readLink(names);
    return target.startsWith('/') ? raise('not-permitted') : target;
  }

  removeDirectoryAt(path) {
    this.#changeable();
    this.#volume.removeFolder(this.#inside(path));
  }

  renameAt(path, other, otherPath) {
    this.#changeable();
    other.#changeable();
    const [names, otherNames] = [this.#inside(path), other.#inside(otherPath)];
    if (otherPath.endsWith('/') && this.#typeOf(names) !== 'directory') throw 'not-directory';
    this.#volume.rename(names, other.#volume, otherNames);
  }

  symlinkAt(target, path) {
    this.#changeable();
    if (target.startsWith('/')) throw 'not-permitted';
    if (target === '') throw 'no-entry';
    if (target.length > MAX_PATH) throw 'name-too-long';
    this.#volume.makeLink(target, this.#resolve(path, false));
  }

  unlinkFileAt(path) {
    this.#changeable();
    this.#volume.removeFile(this.#resolve(path, false));
  }

  isSameObject(other) {
    const [one, two] = [this.metadataHash(), other.metadataHash()];
    return one.lower === two.lower && one.upper === two.upper;
  }

  metadataHash() {
    return hashOf(this.#stat());
  }

  metadataHashAt({ symlinkFollow }, path) {
    const names = this.#resolve(path, symlinkFollow);
    return hashOf(this.#volume.stat(names));
  }

  [dispose]() {
    if (this.#file) this.#release(this.#file, this.#users)();
  }
}

class DirectoryEntryStream {
  #entries;

  static over(entries) {
    const made = new DirectoryEntryStream();
    made.#entries = entries.values();
    return made;
  }

  readDirectoryEntry() {
    const { value } = this.#entries.next();
    return value && value.name === undefined ? raise('illegal-byte-sequence') : value;
  }

  [dispose]() {}
}

export const types = {
  Descriptor,
  DirectoryEntryStream,
  filesystemErrorCode(error) {
    return error.code;
  },
};

let opened = [];

/** A folder of the machine by its path, a `Memory`, or what a `Memory` is made of. */
const volumeOf = (name, given) => {
  if (typeof given === 'string') return new Disk(given);
  if (given instanceof Memory) return given;
  expect(isPlain(given), `_setPreopens: ${name}`, 'a path, a Memory, or an object with files', given);
  return new Memory(given);
};

/** What the program sees: `{ 'name or path': '/folder/of/the/machine' }`, or files in place of the folder. */
export const _setPreopens = (folders) => {
  expect(isPlain(folders), '_setPreopens', "{ '/name': 'folder' }", folders);
  opened = Object.entries(folders).map(([name, given]) => [volumeOf(name, given), name]);
};

export const preopens = {
  getDirectories() {
    return opened.map(([volume, name]) => [Descriptor.folder(volume, [], { read: true, mutateDirectory: true }), name]);
  },
};
