import { _setArgs, _setCwd, _setEnv, _setStderr, _setStdin, _setStdout } from './wasi/cli.js';
import { Memory, _setPreopens } from './wasi/filesystem.js';

declare const console: { log(text: string): void };
_setArgs(['program', 'one']);
_setEnv({ HOME: '/' });
_setCwd('/');
_setStdin({ blockingRead: (length: bigint) => new Uint8Array(Number(length > 3n ? 3n : length)) });
const parts: Uint8Array[] = [];
_setStdout({ write: (bytes) => void parts.push(bytes) });
_setStderr({ write() {}, flush() {} });
const memory = new Memory({ 'a.txt': 'text', deep: { 'b.bin': new Uint8Array(2) } }, { limit: 1000 });
_setPreopens({ '/data': memory, '/machine': '.', '/more': { 'c.txt': 'c' } });
const found = memory.files()['a.txt'];
console.log(found instanceof Uint8Array && found.length === 4 ? 'ok' : 'not');
_setArgs('one'); // TS2345
_setEnv({ HOME: 1 }); // TS2322
_setStdout({ blockingFlush() {} }); // TS2741
_setPreopens({ '/data': 1 }); // TS2322
new Memory({ 'a.txt': 4 }); // TS2322
