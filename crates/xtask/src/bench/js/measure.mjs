// node measure.mjs: times calls of the modules `bench.js`, `fuse.js` and `later.js` of the current folder.
// Prints a line for each: the name and the nanoseconds of one call. A module that does not load has no lines.
// The least of many rounds counts, since noise only ever adds.

import { pathToFileURL } from 'node:url';

const ROUNDS = 40;
const ROUND = 2_000_000n;

const load = async (name) => {
  try {
    return await import(new URL(`${name}.js`, pathToFileURL(`${process.cwd()}/`)));
  } catch (error) {
    console.error(`${name}.js: ${error.message}`);
    return undefined;
  }
};

const now = process.hrtime.bigint;

/**
 * What makes so many calls, and gives the nanoseconds. Each line has a loop of its own, since one that has called many
 * functions calls them by a slower way.
 */
const rounds = () =>
  new Function(
    'now, call, sink, count',
    'const start = now(); for (let i = 0; i < count; i++) sink.value = call(); return now() - start;',
  );

/** How many calls take as long as a round should; the calls that find it out warm up. */
const calibrated = (round, call) => {
  for (let count = 1; ; count *= 2) {
    const time = round(now, call, sink, count);
    if (time > ROUND) return Math.max(1, Math.round(Number((BigInt(count) * ROUND) / time)));
  }
};

const sink = { value: 0 };

/** `each`: how many operations a call is. */
const measure = (name, call, each = 1) => {
  const round = rounds();
  const count = calibrated(round, call);
  let least = round(now, call, sink, count);
  for (let i = 1; i < ROUNDS; i++) {
    const time = round(now, call, sink, count);
    if (time < least) least = time;
  }
  console.log(`${name}\t${Number(least) / count / each}`);
};

const measureAsync = async (name, call) => {
  const count = 2000;
  let least;
  for (let i = 0; i < ROUNDS; i++) {
    const start = now();
    for (let j = 0; j < count; j++) await call();
    const time = now() - start;
    if (least === undefined || time < least) least = time;
  }
  console.log(`${name}\t${Number(least) / count}`);
};

const must = (found, wanted) => {
  if (found !== wanted) throw new Error(`${found} instead of ${wanted}`);
};

const exportsOf = (bench) => {
  measure('export nop', () => bench.nop());
  measure('export add', () => bench.addu(1, 2));
  for (const [name, size] of [['10 B', 10], ['10 kB', 10_000], ['1 MB', 1_000_000]]) {
    const text = 'a'.repeat(size);
    must(bench.takeString(text), size);
    measure(`export take-string ${name}`, () => bench.takeString(text));
  }
  const mixed = 'Grüße an alle 😀 '.repeat(600);
  measure('export take-string 10k mixed', () => bench.takeString(mixed));
  measure('export echo-string 10 B', () => bench.echoString('abcdefghij'));
  const short = new Uint8Array(16);
  measure('export list<u8> 16 B', () => bench.takeU8(short));
  const long = new Uint8Array(1 << 20);
  measure('export list<u8> 1 MiB', () => bench.takeU8(long));
  const numbers = Array.from({ length: 100_000 }, (_, at) => at);
  measure('export list<u32> 100k, Array', () => bench.takeU32(numbers));
  const strings = Array.from({ length: 1000 }, (_, at) => `string ${at}`);
  must(bench.echoStrings(strings)[999], 'string 999');
  measure('export list<string> 1000, echo', () => bench.echoStrings(strings));
  const records = Array.from({ length: 1000 }, (_, at) => ({ a: at, b: `string ${at}`, c: at / 2 }));
  must(bench.echoRecs(records)[999].c, 499.5);
  measure('export list<record> 1000, echo', () => bench.echoRecs(records));
  const bools = Array.from({ length: 10_000 }, (_, at) => at % 3 === 0);
  measure('export list<bool> 10k, echo', () => bench.echoBools(bools));
};

const importsOf = (bench) => {
  const each = 1000;
  must(bench.loopAdd(each), each);
  measure('import add', () => bench.loopAdd(each), each);
  measure('import take-string 32 B', () => bench.loopTs(each), each);
  measure('import get-string 32 B', () => bench.loopGs(each), each);
  measure('import list<u8> 16 B', () => bench.loopTb(each, 16), each);
  must(bench.loopRes(4), 10);
  measure('import resource', () => bench.loopRes(each), each);
};

const betweenGuests = (fuse) => {
  must(fuse.bytes(2, 100), 200);
  measure('between guests nop', () => fuse.nops(1000), 1000);
  measure('between guests 4 KiB', () => fuse.bytes(10, 4096), 10);
  measure('between guests 1 MiB', () => fuse.bytes(1, 1 << 20));
  measure('between guests string 4 KiB', () => fuse.strs(10, 4096), 10);
};

const bench = await load('bench');
if (bench) {
  exportsOf(bench);
  importsOf(bench);
}
const fuse = await load('fuse');
if (fuse) betweenGuests(fuse);
const later = await load('later');
if (later) await measureAsync('export async', () => later.run(1));
