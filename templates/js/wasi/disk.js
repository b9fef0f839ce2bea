// Folders of the machine, by `node:fs`. A path is a list of names below the folder; what fails throws a code of
// `wasi:filesystem/types`.
import { fs, process } from './host.js';

const CODES = {
  EACCES: 'access',
  EAGAIN: 'would-block',
  EBADF: 'bad-descriptor',
  EBUSY: 'busy',
  EDQUOT: 'quota',
  EEXIST: 'exist',
  EFBIG: 'file-too-large',
  EILSEQ: 'illegal-byte-sequence',
  EINTR: 'interrupted',
  EINVAL: 'invalid',
  EISDIR: 'is-directory',
  ELOOP: 'loop',
  EMLINK: 'too-many-links',
  ENAMETOOLONG: 'name-too-long',
  ENODEV: 'no-device',
  ENOENT: 'no-entry',
  ENOLCK: 'no-lock',
  ENOMEM: 'insufficient-memory',
  ENOSPC: 'insufficient-space',
  ENOTDIR: 'not-directory',
  ENOTEMPTY: 'not-empty',
  ENOSYS: 'unsupported',
  ENOTSUP: 'unsupported',
  ENXIO: 'no-such-device',
  EOVERFLOW: 'overflow',
  EPERM: 'not-permitted',
  EPIPE: 'pipe',
  EROFS: 'read-only',
  ESPIPE: 'invalid-seek',
  ETXTBSY: 'text-file-busy',
  EXDEV: 'cross-device',
};

const attempt = (action) => {
  try {
    return action();
  } catch (error) {
    if (typeof error.code !== 'string') throw error;
    throw CODES[error.code] ?? 'io';
  }
};

const typeOf = (entry) => {
  if (entry.isFile()) return 'regular-file';
  if (entry.isDirectory()) return 'directory';
  if (entry.isSymbolicLink()) return 'symbolic-link';
  if (entry.isFIFO()) return 'fifo';
  if (entry.isSocket()) return 'socket';
  if (entry.isBlockDevice()) return 'block-device';
  return entry.isCharacterDevice() ? 'character-device' : 'unknown';
};

/** Times are in nanoseconds since 1970. */
const statOf = (found) => ({
  type: typeOf(found),
  size: found.size,
  links: found.nlink,
  accessed: found.atimeNs,
  modified: found.mtimeNs,
  changed: found.ctimeNs,
  id: [found.ino, found.dev],
});

/** What Node takes; up to a microsecond is lost. */
const seconds = (nanoseconds) => Number(nanoseconds / 1_000_000_000n) + Number(nanoseconds % 1_000_000_000n) / 1e9;

/** Sets times, of which undefined leaves one as it is, by a function that takes both. */
const setTimes = (before, accessed, modified, set) => {
  if (accessed === undefined && modified === undefined) return;
  attempt(() => set(seconds(accessed ?? before.accessed), seconds(modified ?? before.modified)));
};

/** Undefined for what is no UTF-8. */
const textOf = (bytes) => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

class DiskFile {
  #fd;

  constructor(fd) {
    this.#fd = fd;
  }

  /** How many bytes were read to the start of `bytes`. */
  read(bytes, at) {
    return attempt(() => fs.readSync(this.#fd, bytes, 0, bytes.length, at));
  }

  write(bytes, at) {
    return attempt(() => fs.writeSync(this.#fd, bytes, 0, bytes.length, at));
  }

  stat() {
    return attempt(() => statOf(fs.fstatSync(this.#fd, { bigint: true })));
  }

  resize(size) {
    attempt(() => fs.ftruncateSync(this.#fd, size));
  }

  sync() {
    attempt(() => fs.fsyncSync(this.#fd));
  }

  setTimes(accessed, modified) {
    setTimes(this.stat(), accessed, modified, (...times) => fs.futimesSync(this.#fd, ...times));
  }

  close() {
    attempt(() => fs.closeSync(this.#fd));
  }
}

export class Disk {
  #root;

  constructor(root) {
    if (!fs) throw new TypeError('there are no folders of the machine here: give an object with files');
    this.#root = fs.realpathSync(root);
  }

  #path(names) {
    // What are separators on this system, in one name.
    if (process.platform === 'win32' && names.some((name) => /[\\:]/.test(name))) throw 'not-permitted';
    return [this.#root, ...names].join('/');
  }

  /** Of a link itself. */
  stat(names) {
    return attempt(() => statOf(fs.lstatSync(this.#path(names), { bigint: true })));
  }

  open(names, { create, exclusive, truncate, read, write }) {
    const { O_CREAT, O_EXCL, O_TRUNC, O_RDONLY, O_WRONLY, O_RDWR, O_NOFOLLOW = 0 } = fs.constants;
    const access = write ? (read ? O_RDWR : O_WRONLY) : O_RDONLY;
    const flags = access | O_NOFOLLOW | (create && O_CREAT) | (exclusive && O_EXCL) | (truncate && O_TRUNC);
    return new DiskFile(attempt(() => fs.openSync(this.#path(names), flags, 0o666)));
  }

  list(names) {
    const found = attempt(() => fs.readdirSync(this.#path(names), { withFileTypes: true, encoding: 'buffer' }));
    return found.map((entry) => ({ type: typeOf(entry), name: textOf(entry.name) }));
  }

  makeFolder(names) {
    attempt(() => fs.mkdirSync(this.#path(names)));
  }

  removeFolder(names) {
    attempt(() => fs.rmdirSync(this.#path(names)));
  }

  removeFile(names) {
    attempt(() => fs.unlinkSync(this.#path(names)));
  }

  rename(names, other, otherNames) {
    if (!(other instanceof Disk)) throw 'cross-device';
    attempt(() => fs.renameSync(this.#path(names), other.#path(otherNames)));
  }

  link(names, other, otherNames) {
    if (!(other instanceof Disk)) throw 'cross-device';
    attempt(() => fs.linkSync(this.#path(names), other.#path(otherNames)));
  }

  makeLink(target, names) {
    attempt(() => fs.symlinkSync(target, this.#path(names)));
  }

  readLink(names) {
    const target = textOf(attempt(() => fs.readlinkSync(this.#path(names), 'buffer')));
    if (target === undefined) throw 'illegal-byte-sequence';
    return target;
  }

  setTimes(names, accessed, modified) {
    setTimes(this.stat(names), accessed, modified, (...times) => fs.lutimesSync(this.#path(names), ...times));
  }
}
