// A library in Go: what crosses in both directions, resources of both sides, goroutines, and that nothing stays in use.
import assert from 'node:assert/strict';

globalThis.said = [];
const { stock } = await import(`./${process.argv[2]}/library.js`);
const { Shelf } = stock;
const { Sink } = await import('./host.js');
const dispose = Symbol.dispose ?? Symbol.for('dispose');
const said = () => globalThis.said.splice(0);

const texts = ['', 'a', 'ünïcödé 😀', 'x'.repeat(1000), 'x'.repeat(32767), 'é'.repeat(20000), '😀'.repeat(100000)];
const item = (name) => ({ name, price: 1.5, tags: ['a', 'ß', ''], size: [1, 4294967295] });

const shelves = () => {
  const shelf = new Shelf('one');
  assert.deepEqual(said(), ['info shelf one']);
  assert.equal(shelf.put(item('pen'), 4), 4n);
  assert.equal(shelf.put({ ...item('ink'), size: undefined }, 4294967295), 4294967299n);
  assert.equal(shelf.take('pen', 3), 1);
  const problem = (name, count) => {
    try {
      return shelf.take(name, count);
    } catch (error) {
      assert(error instanceof Error);
      return error.payload;
    }
  };
  assert.deepEqual(problem('pen', 2), { tag: 'too-few', val: 1 });
  assert.deepEqual(problem('cup', 2), { tag: 'unknown', val: 'cup' });
  assert.deepEqual(shelf.items(), [[item('pen'), 1], [{ ...item('ink'), size: undefined }, 4294967295]]);
  const empty = new Shelf('two');
  assert.throws(() => empty.take('pen', 1), { payload: { tag: 'closed' } });
  const extra = new Shelf('three');
  extra.put(item('cup'), 1);
  const merged = Shelf.merge([shelf, empty], extra);
  assert.deepEqual(merged.items().map(([{ name }]) => name), ['pen', 'ink', 'cup']);
  said();
  assert.throws(() => shelf.items());
  merged[dispose]();
  extra[dispose]();
  assert.deepEqual(said(), ['warning dropped merged', 'warning dropped three']);
};

const sinks = () => {
  const sink = new Sink('log');
  assert.equal(stock.report(sink, ['one', 'zwölf']), '{"one":1,"zwölf":2}');
  assert.throws(() => stock.report(sink, ['a', 'full', 'b']), { payload: '"full": log is full' });
  const kept = stock.keep(sink);
  assert.equal(kept.name, 'log+');
  assert.deepEqual(kept.lines, ['one', 'zwölf', 'a']);
};

const values = () => {
  for (const text of texts) assert.equal(stock.echo(text), text);
  // A lone surrogate is no character.
  assert.equal(stock.echo('a\ud800'), 'a\ufffd');
  const numbers = Uint32Array.from({ length: 50000 }, (_, index) => Math.imul(index, 2654435761));
  assert.deepEqual(stock.sorted(numbers), numbers.toSorted?.().reverse() ?? numbers.slice().sort().reverse());
  assert.deepEqual(stock.sorted([]), new Uint32Array());
  const all = BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n);
  assert.deepEqual(stock.wide(2n ** 64n - 1n, 0n, '😀', all), [0n, -1n, '😀', all]);
  assert.equal(stock.may({ write: true }), undefined);
  assert.deepEqual(stock.may({ read: true, write: true }), { read: true, write: false });
  assert.throws(() => stock.echo(7), TypeError);
};

for (let round = 0; round < 20; round++) {
  shelves();
  sinks();
  values();
  assert.equal(stock.counted(10), 45n);
  assert.equal(said().length, 10);
  stock.collect(500000);
}
for (let round = 0; round < 2000; round++) assert.equal(stock.echo(texts[3]), texts[3]);
assert.deepEqual(stock.used(), [0, 0, 0, 0]);

// A panic ends the instance, not the process.
assert.throws(() => stock.fail('it is broken'), WebAssembly.RuntimeError);
assert.throws(() => stock.echo('again'), (error) => error instanceof WebAssembly.RuntimeError && error.cause !== undefined);
console.log('done');
