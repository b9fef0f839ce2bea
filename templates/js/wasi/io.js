// wasi:io@0.2: errors, what can be waited for, streams.
//
// All is done at once, or waits in place: nothing here needs promises. What a program asks for is never taken as a
// size: a stream gives and takes `CHUNK` bytes at most, and what goes beyond its permit is a trap.
import { dispose, process, sleep, trap } from './host.js';

/** The most bytes that a stream gives or takes at once. */
export const CHUNK = 1 << 16;

/** The most bytes that are written and flushed at once, as `wasi:io/streams` has it. */
const FLUSHED = 4096n;

/** Nanoseconds after which it is asked again whether something has come. */
const PAUSE = 1_000_000n;

/** The longest sleep in one piece, in milliseconds. */
const HOUR = 3_600_000;

class IoError extends Error {
  name = 'IoError';

  /** `code`: the code of `wasi:filesystem/types`, if it is a file's. */
  constructor(message, code) {
    super(message);
    this.code = code;
  }

  toDebugString() {
    return this.message;
  }
}

export const error = { Error: IoError };

/** Nanoseconds of the monotonic clock. */
export const monotonicNow = process?.hrtime.bigint ?? (() => BigInt(Math.round(performance.now() * 1e6)));

const rest = (nanoseconds) => sleep(Math.min(Number(nanoseconds) / 1e6, HOUR));

/** Ready from a time of the monotonic clock on, which is over if none is given, and once `isReady()` if it is given. */
class Pollable {
  #from;
  #isReady;

  constructor(from = 0n, isReady = () => true) {
    this.#from = from;
    this.#isReady = isReady;
  }

  /** Nanoseconds after which it may be ready. */
  get left() {
    const left = this.#from - monotonicNow();
    if (left > 0n) return left;
    return this.#isReady() ? 0n : PAUSE;
  }

  ready() {
    return this.left === 0n;
  }

  block() {
    for (let left = this.left; left > 0n; left = this.left) rest(left);
  }

  [dispose]() {}
}

export const poll = {
  Pollable,
  /** Waits until one is ready; the positions of all that are. */
  poll(pollables) {
    if (pollables.length === 0) trap('poll: the list is empty');
    for (;;) {
      const left = pollables.map((pollable) => pollable.left);
      const found = left.flatMap((left, position) => (left === 0n ? [position] : []));
      if (found.length) return Uint32Array.from(found);
      rest(left.reduce((least, left) => (left < least ? left : least)));
    }
  },
};

const closed = () => ({ tag: 'closed' });

const failed = (error) => ({ tag: 'last-operation-failed', val: error });

/** What a stream throws for what its source or sink threw. */
const failureOf = (thrown) => {
  if (thrown instanceof IoError) return failed(thrown);
  if (thrown?.tag === 'closed') return closed();
  if (thrown?.tag === 'last-operation-failed' && thrown.val instanceof IoError) return thrown;
  return failed(new IoError(String(thrown?.message ?? thrown)));
};

let attempt;
let close;

/** What streams of both directions have: after a failure they are closed. */
class Stream {
  #isOpen = true;
  #end;

  constructor(end) {
    this.#end = end;
  }

  static {
    attempt = (stream, action) => {
      if (!stream.#isOpen) throw closed();
      try {
        return action();
      } catch (thrown) {
        // Not of the stream: the program ends.
        if (thrown instanceof WebAssembly.RuntimeError || thrown instanceof TypeError) throw thrown;
        stream.#isOpen = false;
        throw failureOf(thrown);
      }
    };
    close = (stream) => {
      stream.#isOpen = false;
      throw closed();
    };
  }

  [dispose]() {
    this.#end.close?.();
  }
}

/**
 * Reads from `{ read(length) }`, which waits and gives bytes, none of them at the end. `peek(length)` is for what may
 * have to wait: it gives undefined then. `close()` is called when the stream is dropped.
 */
export class InputStream extends Stream {
  #source;
  /** What came before it was asked for. */
  #ahead = new Uint8Array();

  constructor(source) {
    super(source);
    this.#source = source;
  }

  /** Bytes if there are any; none at the end; undefined if nothing has come. */
  #take(length, action) {
    const most = length < CHUNK ? Number(length) : CHUNK;
    const bytes = this.#ahead.length ? this.#ahead : attempt(this, () => action(most));
    if (bytes === undefined) return undefined;
    this.#ahead = bytes.subarray(most);
    return bytes.subarray(0, most);
  }

  #read(length, action) {
    if (length <= 0n) return new Uint8Array();
    const bytes = this.#take(length, action);
    if (bytes === undefined) return new Uint8Array();
    return bytes.length ? bytes : close(this);
  }

  read(length) {
    const { peek } = this.#source;
    return peek ? this.#read(length, peek) : this.blockingRead(length);
  }

  blockingRead(length) {
    return this.#read(length, (most) => this.#source.read(most));
  }

  skip(length) {
    return BigInt(this.read(length).length);
  }

  blockingSkip(length) {
    return BigInt(this.blockingRead(length).length);
  }

  /** Ready if there are bytes, at the end, and after a failure. */
  #isReady() {
    if (this.#ahead.length) return true;
    try {
      const bytes = this.#take(BigInt(CHUNK), this.#source.peek);
      this.#ahead = bytes ?? this.#ahead;
      return bytes !== undefined;
    } catch {
      return true;
    }
  }

  subscribe() {
    return this.#source.peek ? new Pollable(0n, () => this.#isReady()) : new Pollable();
  }
}

/** Writes to `{ write(bytes) }`, which takes all of them; `flush()` and `close()` are called if they are there. */
export class OutputStream extends Stream {
  #sink;
  /** What `check-write` allowed. */
  #permit = 0n;

  constructor(sink) {
    super(sink);
    this.#sink = sink;
  }

  checkWrite() {
    this.#permit = attempt(this, () => BigInt(CHUNK));
    return this.#permit;
  }

  #write(bytes) {
    attempt(this, () => this.#sink.write(bytes));
  }

  /** Takes from the permit. */
  #spend(length) {
    if (length > this.#permit) trap(`a write of ${length} bytes, where check-write allowed ${this.#permit}`);
    this.#permit -= length;
  }

  write(bytes) {
    this.#spend(BigInt(bytes.length));
    this.#write(bytes);
  }

  blockingWriteAndFlush(bytes) {
    if (bytes.length > FLUSHED) trap(`blocking-write-and-flush: ${bytes.length} bytes are more than ${FLUSHED}`);
    this.#write(bytes);
    this.flush();
  }

  flush() {
    attempt(this, () => this.#sink.flush?.());
  }

  blockingFlush() {
    this.flush();
  }

  writeZeroes(length) {
    this.#spend(length);
    this.#write(new Uint8Array(Number(length)));
  }

  blockingWriteZeroesAndFlush(length) {
    if (length > FLUSHED) trap(`blocking-write-zeroes-and-flush: ${length} bytes are more than ${FLUSHED}`);
    this.blockingWriteAndFlush(new Uint8Array(Number(length)));
  }

  splice(source, length) {
    return this.#splice(() => source.read(length));
  }

  blockingSplice(source, length) {
    return this.#splice(() => source.blockingRead(length));
  }

  /** What a source gives is never more than a sink takes. */
  #splice(read) {
    this.checkWrite();
    const bytes = read();
    this.write(bytes);
    return BigInt(bytes.length);
  }

  subscribe() {
    return new Pollable();
  }
}

export const streams = { InputStream, OutputStream };
