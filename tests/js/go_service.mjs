// An asynchronous service in Go: calls, streams and futures in both directions, sleep, and what outlives its call.
import assert from 'node:assert/strict';

const { api: service } = await import(`./${process.argv[2]}/service.js`);
const { hosted } = await import('./host.js');
const collected = async (values) => {
  const all = [];
  for await (const value of values) all.push(value);
  return all;
};

const calls = async () => {
  assert(service.upper('') instanceof Promise);
  assert.deepEqual(await Promise.all(['zwölf', '', 'x'.repeat(70000)].map((text) => service.upper(text))), ['ZWÖLF', '', 'X'.repeat(70000)]);
  const names = ['a', 'b', 'c', 'd'];
  assert.deepEqual(await service.gather(names), names.map((name) => `got ${name}`));
  await assert.rejects(service.gather(['a', 'none']), { payload: 'none is not there' });
  const received = Promise.all([service.receive(), service.receive()]);
  await service.send('one');
  await service.send('two');
  assert.deepEqual((await received).sort(), ['one', 'two']);
};

const streams = async () => {
  const lines = ['one', '', 'zwölf'];
  assert.deepEqual(await collected(await service.numbered(lines)), lines.map((text, at) => ({ number: at + 1, text })));
  async function* slowly() {
    for (const line of lines) {
      await new Promise((go) => setTimeout(go, 2));
      yield line;
    }
  }
  assert.deepEqual((await collected(await service.numbered(slowly()))).length, 3);
  const bytes = Uint8Array.from({ length: 300000 }, (_, at) => at);
  assert.equal(await service.sum([bytes]), BigInt(bytes.reduce((sum, byte) => sum + byte)));
  assert.deepEqual(Uint8Array.from(await collected(await service.countUp(300000))), bytes);
  assert.deepEqual(await service.asked(3), [['line 0', 'line 1', 'line 2'], 7]);
  assert.equal(await service.doubled(new Promise((give) => setTimeout(give, 5, 21))), 42);
  // Who stops reading stops the writer.
  for await (const line of await service.numbered(['a', 'b', 'c'])) {
    assert.deepEqual(line, { number: 1, text: 'a' });
    break;
  }
};

const sleep = async () => {
  const start = performance.now();
  const naps = await Promise.all([50, 30, 40].map((time) => service.nap(time)));
  naps.forEach((nap, at) => assert(nap >= [50n, 30n, 40n][at], `${naps}`));
  assert(performance.now() - start < 2000);
  const ended = service.ended();
  await service.outlived(20);
  await service.nap(40);
  assert.equal(service.ended(), ended + 1);
};

for (let round = 0; round < 5; round++) {
  await calls();
  await streams();
}
await sleep();
assert.deepEqual(service.used(), [0, 0, 0, 0]);
assert.equal(hosted.open, 0);
await assert.rejects(service.fail('now'), WebAssembly.RuntimeError);
await assert.rejects(service.upper('again'), WebAssembly.RuntimeError);
console.log('done');
