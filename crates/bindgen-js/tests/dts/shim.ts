// The WASI of npm as the imports of a command: its types, which are its own, fit those that are written.
import { WASIShim } from '@bytecodealliance/preview2-shim/instantiation';
import { cli, clocks, filesystem, io, random, sockets } from '@bytecodealliance/preview2-shim';
import type { ImportObject } from './command.js';

const plain: ImportObject = new WASIShim().getImportObject();
const objects = {
  'wasi:cli/environment': cli.environment,
  'wasi:cli/exit': cli.exit,
  'wasi:cli/stdin': cli.stdin,
  'wasi:cli/stdout': cli.stdout,
  'wasi:cli/stderr': cli.stderr,
  'wasi:cli/terminal-input': cli.terminalInput,
  'wasi:cli/terminal-output': cli.terminalOutput,
  'wasi:cli/terminal-stdin': cli.terminalStdin,
  'wasi:cli/terminal-stdout': cli.terminalStdout,
  'wasi:cli/terminal-stderr': cli.terminalStderr,
  'wasi:clocks/monotonic-clock': clocks.monotonicClock,
  'wasi:clocks/wall-clock': clocks.wallClock,
  'wasi:filesystem/preopens': filesystem.preopens,
  'wasi:filesystem/types': filesystem.types,
  'wasi:io/error': io.error,
  'wasi:io/poll': io.poll,
  'wasi:io/streams': io.streams,
  'wasi:random/insecure': random.insecure,
  'wasi:random/insecure-seed': random.insecureSeed,
  'wasi:random/random': random.random,
  'wasi:sockets/instance-network': sockets.instanceNetwork,
  'wasi:sockets/ip-name-lookup': sockets.ipNameLookup,
  'wasi:sockets/network': sockets.network,
  'wasi:sockets/tcp': sockets.tcp,
  'wasi:sockets/tcp-create-socket': sockets.tcpCreateSocket,
  'wasi:sockets/udp': sockets.udp,
  'wasi:sockets/udp-create-socket': sockets.udpCreateSocket,
};
const single: ImportObject = objects;
const { 'wasi:io/poll': poll, ...rest } = objects;
const without: ImportObject = rest; // TS2322
void [plain, single, poll, without];
