// wasi:cli@0.2. What a program sees of its surroundings is set by the functions with an underscore.
import { expect, fs, isPlain, isTerminal, process, sleep } from './host.js';
import { InputStream, OutputStream } from './io.js';

let env = Object.entries(process?.env ?? {});
let args = process?.argv.slice(1) ?? [];
let cwd = process?.cwd() ?? '/';

const isText = (value) => typeof value === 'string';

/** `{ NAME: 'value' }` */
export const _setEnv = (wanted) => {
  expect(isPlain(wanted), '_setEnv', "{ NAME: 'value' }", wanted);
  const entries = Object.entries(wanted);
  entries.forEach(([name, value]) => expect(isText(value), `_setEnv: ${name}`, 'a string', value));
  env = entries;
};

/** The program's name comes first. */
export const _setArgs = (wanted) => {
  expect(Array.isArray(wanted), '_setArgs', 'an array of strings', wanted);
  wanted.forEach((value, at) => expect(isText(value), `_setArgs: argument ${at}`, 'a string', value));
  args = [...wanted];
};

export const _setCwd = (wanted) => {
  expect(isText(wanted), '_setCwd', 'a string', wanted);
  cwd = wanted;
};

export const environment = {
  getEnvironment() {
    return env;
  },
  getArguments() {
    return args;
  },
  initialCwd() {
    return cwd;
  },
};

/** Ends a program where there is no process to end. */
class ComponentExit extends Error {
  exitError = true;

  constructor(code) {
    super(`the program ended with status ${code}`);
    this.code = code;
  }
}

const end = (code) => {
  process?.exit(code);
  throw new ComponentExit(code);
};

export const exit = {
  exit(status) {
    end(status.tag === 'err' ? 1 : 0);
  },
  exitWithCode: end,
};

/** Does it again while a pipe is full, or nothing has come. */
const patiently = (action) => {
  for (;;) {
    try {
      return action();
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      sleep(1);
    }
  }
};

const read = (fd, length) => {
  const bytes = new Uint8Array(length);
  try {
    return bytes.subarray(0, fs.readSync(fd, bytes));
  } catch (error) {
    // What a closed pipe is on some systems.
    if (error.code === 'EOF') return new Uint8Array();
    throw error;
  }
};

/** Another way to the same pipe or terminal, on which reading never waits; the way itself on systems that have none. */
const besides = () => {
  try {
    return fs.openSync('/proc/self/fd/0', fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch {
    return 0;
  }
};

/** The process's input. Only pipes and terminals may have nothing yet. */
const input = () => {
  if (!fs) return new InputStream({ read: () => new Uint8Array() });
  let fd;
  const peek = (length) => {
    fd ??= besides();
    try {
      return read(fd, length);
    } catch (error) {
      if (error.code === 'EAGAIN') return undefined;
      throw error;
    }
  };
  const mayWait = process.platform === 'linux' && (isTerminal(0) || fs.fstatSync(0).isFIFO());
  return new InputStream({ read: (length) => patiently(() => read(0, length)), peek: mayWait ? peek : undefined });
};

const file = (fd) => ({
  write(bytes) {
    for (let at = 0; at < bytes.length; ) at += patiently(() => fs.writeSync(fd, bytes, at));
  },
});

/** The longest part of a line that is kept until its end comes. */
const LINE = 1 << 16;

/** Writes lines to a browser's console; a line without an end once the program rests. */
const lines = (print) => {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let parts = [];
  let length = 0;
  const end = (last) => {
    print([...parts, last].join(''));
    parts = [];
    length = 0;
  };
  const rest = () => {
    if (length) end('');
  };
  return {
    write(bytes) {
      const found = decoder.decode(bytes, { stream: true }).split('\n');
      const pending = found.pop();
      found.forEach(end);
      if (!pending) return;
      if (!length) queueMicrotask(rest);
      parts.push(pending);
      length += pending.length;
      if (length > LINE) end('');
    },
  };
};

const isFunction = (value) => typeof value === 'function';

/** A stream, or a handler that gives bytes by `blockingRead(length)` (`length` is a bigint), none or `closed` at the end. */
const inputOf = (name, handler) => {
  if (handler instanceof InputStream) return handler;
  expect(isFunction(handler?.blockingRead), name, 'a stream, or an object with `blockingRead(length)`', handler);
  const read = (length) => {
    try {
      const bytes = handler.blockingRead(BigInt(length));
      expect(bytes instanceof Uint8Array, `${name}: \`blockingRead\``, 'a Uint8Array', bytes);
      return bytes;
    } catch (thrown) {
      if (thrown?.tag === 'closed') return new Uint8Array();
      throw thrown;
    }
  };
  return new InputStream({ read });
};

/** A stream, or a handler that takes all bytes by `write(bytes)`, and maybe has `blockingFlush()` or `flush()`. */
const outputOf = (name, handler) => {
  if (handler instanceof OutputStream) return handler;
  expect(isFunction(handler?.write), name, 'a stream, or an object with `write(bytes)`', handler);
  const flush = () => (handler.blockingFlush ? handler.blockingFlush() : handler.flush?.());
  return new OutputStream({ write: (bytes) => handler.write(bytes), flush });
};

/** Which of the process's streams are still the program's. */
const own = { in: true, out: true, err: true };

/** The input is looked at when the program first asks for it. */
const standard = {
  in: undefined,
  out: new OutputStream(fs ? file(1) : lines((line) => console.log(line))),
  err: new OutputStream(fs ? file(2) : lines((line) => console.error(line))),
};

export const _setStdin = (handler) => {
  standard.in = inputOf('_setStdin', handler);
  own.in = false;
};

export const _setStdout = (handler) => {
  standard.out = outputOf('_setStdout', handler);
  own.out = false;
};

export const _setStderr = (handler) => {
  standard.err = outputOf('_setStderr', handler);
  own.err = false;
};

export const stdin = {
  getStdin() {
    return (standard.in ??= input());
  },
};

export const stdout = {
  getStdout() {
    return standard.out;
  },
};

export const stderr = {
  getStderr() {
    return standard.err;
  },
};

class TerminalInput {}

class TerminalOutput {}

export const terminalInput = { TerminalInput };

export const terminalOutput = { TerminalOutput };

export const terminalStdin = {
  getTerminalStdin() {
    return own.in && isTerminal(0) ? new TerminalInput() : undefined;
  },
};

export const terminalStdout = {
  getTerminalStdout() {
    return own.out && isTerminal(1) ? new TerminalOutput() : undefined;
  },
};

export const terminalStderr = {
  getTerminalStderr() {
    return own.err && isTerminal(2) ? new TerminalOutput() : undefined;
  },
};
