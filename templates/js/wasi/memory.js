// Folders in memory, where there are no others, or none are wanted. What fails throws a code of
// `wasi:filesystem/types`.
//
// What a program adds is counted: bytes as far as they have room, and for each name a little. What it removes and has
// closed counts no more.
import { expect, isPlain } from './host.js';

/** How many bytes a program may add where nothing else is said. */
const LIMIT = 1 << 28;
/** The most bytes of a name. */
const MAX_NAME = 255;
/** What a name in a folder counts, beside its letters. */
const NAME = 256;

let nodes = 0n;

const now = () => BigInt(Date.now()) * 1_000_000n;

const raise = (code) => {
  throw code;
};

/** How many bytes may still be added. */
class Space {
  #left;

  constructor(left) {
    this.#left = left;
  }

  /** Less than nothing gives back. */
  take(bytes) {
    if (bytes > this.#left) throw 'insufficient-space';
    this.#left -= bytes;
  }

  /** The size that is nearest to `wanted`, of which `least` is needed, where there are `found` already. */
  near(found, least, wanted) {
    return Math.max(least, Math.min(wanted, found + this.#left));
  }
}

class Node {
  id = ++nodes;
  links = 1n;
  accessed = now();
  modified = this.accessed;
  changed = this.accessed;

  touch() {
    this.modified = this.changed = now();
  }

  setTimes(accessed, modified) {
    this.accessed = accessed ?? this.accessed;
    this.modified = modified ?? this.modified;
    this.changed = now();
  }

  get stat() {
    const { type, size, links, accessed, modified, changed, id } = this;
    return { type, size: BigInt(size), links, accessed, modified, changed, id: [id, 0n] };
  }

  /** A name of it is gone. */
  unlink() {
    this.links--;
    this.changed = now();
  }
}

class FileNode extends Node {
  type = 'regular-file';
  /** Has room behind the end. */
  #room;
  #space;
  #opened = 0;

  constructor(bytes, space) {
    super();
    this.#room = bytes;
    this.#space = space;
    this.size = bytes.length;
  }

  get bytes() {
    return this.#room.subarray(0, this.size);
  }

  #makeRoom(size) {
    const before = this.#room.length;
    this.#space.take(size - before);
    try {
      const room = new Uint8Array(size);
      room.set(this.#room.subarray(0, Math.min(size, this.size)));
      this.#room = room;
    } catch {
      this.#space.take(before - size);
      throw 'insufficient-memory';
    }
  }

  resize(size) {
    const { length } = this.#room;
    if (size > length) this.#makeRoom(this.#space.near(length, size, 2 * length));
    else if (size < length / 4) this.#makeRoom(size);
    else this.#room.fill(0, size, this.size);
    this.size = size;
    this.touch();
  }

  open() {
    this.#opened++;
  }

  close() {
    this.#opened--;
    this.#end();
  }

  unlink() {
    super.unlink();
    this.#end();
  }

  /** Gives its bytes back once nobody can come to them. */
  #end() {
    if (this.links > 0n || this.#opened > 0) return;
    this.size = 0;
    this.#makeRoom(0);
  }
}

class LinkNode extends Node {
  type = 'symbolic-link';

  constructor(target) {
    super();
    this.target = target;
    this.size = new TextEncoder().encode(target).length;
  }
}

class FolderNode extends Node {
  type = 'directory';
  size = 0;
  entries = new Map();
}

/** An open file. */
class MemoryFile {
  #node;

  constructor(node) {
    this.#node = node;
    node.open();
  }

  read(bytes, at) {
    const found = this.#node.bytes.subarray(at, at + bytes.length);
    bytes.set(found);
    return found.length;
  }

  write(bytes, at) {
    const node = this.#node;
    if (at + bytes.length > node.size) node.resize(at + bytes.length);
    node.bytes.set(bytes, at);
    node.touch();
    return bytes.length;
  }

  stat() {
    return this.#node.stat;
  }

  resize(size) {
    this.#node.resize(size);
  }

  sync() {}

  setTimes(accessed, modified) {
    this.#node.setTimes(accessed, modified);
  }

  close() {
    this.#node.close();
  }
}

/** `'text'`, bytes, or `{ 'name': .. }`; `path` is where it is, for messages. */
const nodeOf = (given, path, space) => {
  if (typeof given === 'string') return new FileNode(new TextEncoder().encode(given), space);
  if (given instanceof Uint8Array) return new FileNode(Uint8Array.from(given), space);
  expect(isPlain(given), `Memory: ${path || 'the folder'}`, "text, a Uint8Array, or { 'name': .. }", given);
  const folder = new FolderNode();
  for (const [name, value] of Object.entries(given)) {
    const isName = !/^\.{0,2}$|[/\0]/.test(name);
    if (!isName) throw new TypeError(`Memory: ${path || 'the folder'}: "${name}" is no name of a file`);
    folder.entries.set(name, nodeOf(value, path ? `${path}/${name}` : name, space));
  }
  return folder;
};

const checkName = (name) => {
  if (new TextEncoder().encode(name).length > MAX_NAME) throw 'name-too-long';
};

/** What a name counts. */
const cost = (name, node) => NAME + 2 * (name.length + (node.target?.length ?? 0));

/** A folder from `{ 'a.txt': 'text', 'b.bin': bytes, 'folder': { .. } }`. */
export class Memory {
  #root;
  #space;

  /** `limit`: how many bytes a program may add. */
  constructor(files = {}, { limit = LIMIT } = {}) {
    expect(isPlain(files), 'Memory', "an object with files: { 'name': 'text' }", files);
    expect(Number.isSafeInteger(limit) && limit >= 0, 'Memory: limit', 'a number of bytes', limit);
    this.#space = new Space(limit);
    this.#root = nodeOf(files, '', this.#space);
  }

  /** All that is in it now, files as `Uint8Array`; links are left out. */
  files() {
    const all = {};
    const rest = [[this.#root, all]];
    // Folders may be deeper in one another than functions can be.
    for (let next; (next = rest.pop()); ) {
      const [folder, found] = next;
      for (const [name, node] of folder.entries) {
        if (node instanceof LinkNode) continue;
        const value = node instanceof FileNode ? node.bytes.slice() : {};
        Object.defineProperty(found, name, { value, enumerable: true, configurable: true, writable: true });
        if (node instanceof FolderNode) rest.push([node, value]);
      }
    }
    return all;
  }

  #find(names) {
    return names.reduce((folder, name) => {
      if (!(folder instanceof FolderNode)) throw 'not-directory';
      return folder.entries.get(name) ?? raise('no-entry');
    }, this.#root);
  }

  /** The folder of what has the name, and the name. */
  #place(names) {
    if (names.length === 0) throw 'busy';
    const folder = this.#find(names.slice(0, -1));
    if (!(folder instanceof FolderNode)) throw 'not-directory';
    return [folder, names.at(-1)];
  }

  #add(names, node) {
    const [folder, name] = this.#place(names);
    checkName(name);
    if (folder.entries.has(name)) throw 'exist';
    this.#space.take(cost(name, node));
    folder.entries.set(name, node);
    folder.touch();
  }

  /** What had the name, which counts no more. */
  #remove(names) {
    const [folder, name] = this.#place(names);
    const node = folder.entries.get(name);
    folder.entries.delete(name);
    folder.touch();
    this.#space.take(-cost(name, node));
    return node;
  }

  stat(names) {
    return this.#find(names).stat;
  }

  open(names, { create, exclusive, truncate }) {
    const [folder, name] = this.#place(names);
    const there = folder.entries.get(name);
    if (there && exclusive) throw 'exist';
    if (!there && !create) throw 'no-entry';
    if (there && !(there instanceof FileNode)) throw there instanceof LinkNode ? 'loop' : 'is-directory';
    if (!there) this.#add(names, new FileNode(new Uint8Array(), this.#space));
    const node = folder.entries.get(name);
    if (truncate) node.resize(0);
    return new MemoryFile(node);
  }

  list(names) {
    const folder = this.#find(names);
    if (!(folder instanceof FolderNode)) throw 'not-directory';
    return [...folder.entries].map(([name, { type }]) => ({ type, name }));
  }

  makeFolder(names) {
    if (names.length === 0) throw 'exist';
    this.#add(names, new FolderNode());
  }

  removeFolder(names) {
    const node = this.#find(names);
    if (!(node instanceof FolderNode)) throw 'not-directory';
    if (node.entries.size) throw 'not-empty';
    this.#remove(names).unlink();
  }

  removeFile(names) {
    const node = this.#find(names);
    if (node instanceof FolderNode) throw 'is-directory';
    this.#remove(names).unlink();
  }

  rename(names, other, otherNames) {
    if (!(other instanceof Memory) || other.#root !== this.#root) throw 'cross-device';
    const node = this.#find(names);
    const [folder, name] = this.#place(otherNames);
    const there = folder.entries.get(name);
    if (there === node) return;
    const isFolder = node instanceof FolderNode;
    if (isFolder && names.every((part, at) => part === otherNames[at])) throw 'invalid';
    if (there && isFolder && !(there instanceof FolderNode)) throw 'not-directory';
    if (there instanceof FolderNode && !isFolder) throw 'is-directory';
    if (there instanceof FolderNode && there.entries.size) throw 'not-empty';
    checkName(name);
    // A name that is longer may find no space: nothing has changed then.
    this.#space.take(cost(name, node));
    if (there) this.#remove(otherNames).unlink();
    folder.entries.set(name, this.#remove(names));
    folder.touch();
    node.changed = now();
  }

  link(names, other, otherNames) {
    if (!(other instanceof Memory) || other.#root !== this.#root) throw 'cross-device';
    const node = this.#find(names);
    if (node instanceof FolderNode) throw 'not-permitted';
    this.#add(otherNames, node);
    node.links++;
    node.changed = now();
  }

  makeLink(target, names) {
    this.#add(names, new LinkNode(target));
  }

  readLink(names) {
    return this.#find(names).target ?? raise('invalid');
  }

  setTimes(names, accessed, modified) {
    this.#find(names).setTimes(accessed, modified);
  }
}
