// The runtime of asynchronous components, with functions of JavaScript in place of core functions.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { pathToFileURL } from 'node:url';

const folder = new URL('../../../../templates/js/runtime/', import.meta.url);
const pieces = (await readdir(new URL('async/', folder))).sort().map((name) => `async/${name}`);
const texts = await Promise.all(['trap.js', ...pieces].map((name) => readFile(new URL(name, folder), 'utf8')));
const text = texts.join('\n').replaceAll(/^export /gm, '');
const names = [...text.matchAll(/^(?:const|class) (\w+)/gm)].map(([, name]) => name);

const scratch = await mkdtemp(join(tmpdir(), 'runtime-'));
const file = join(scratch, 'runtime.mjs');
await writeFile(file, `${text}\nexport { ${names.join(', ')} };\n`);
after(() => rm(scratch, { recursive: true }));
let count = 0;

/** A fresh runtime: all its functions. */
const runtime = () => {
  count += 1;
  return import(`${pathToFileURL(file)}?${count}`);
};

const part = () => {
  const table = () => ({ entries: [undefined], free: [] });
  return { handles: table(), threads: table(), backpressure: 0, entering: 0, exclusive: null };
};

/** A lift with a callback: the core functions get their arguments as they are. */
const lifted = (rt, part, start, callback, more = {}) => ({
  part,
  async: true,
  exclusive: true,
  params: (values) => values,
  core: rt.direct(start),
  callback: rt.direct(callback ?? (() => assert.fail('no callback'))),
  ...more,
});

const bytes = (rt, memory, numeric = true) => {
  const element = { numeric };
  const view = () => new Uint8Array(memory.buffer);
  return {
    element, size: 1, align: 1, array: numeric ? Uint8Array : undefined, memory: () => memory,
    load: (ptr) => view()[ptr],
    store: (value, ptr) => {
      view()[ptr] = value;
    },
  };
};

const returns = (rt, part, value) => rt.resolved(part.exclusive.task, value);

test('a task that returns at once', async () => {
  const rt = await runtime();
  const p = part();
  const run = lifted(rt, p, (x) => {
    returns(rt, p, x + 1);
    return 0;
  });
  assert.equal(await rt.callAsync(run, [41]), 42);
  assert.deepEqual(p.threads.entries, [undefined, undefined]);
});

test('a promise of the host resolves a subtask', async () => {
  const rt = await runtime();
  const p = part();
  let got;
  let set;
  const run = lifted(rt, p, () => {
    const status = rt.callLater(p, rt.host(async (x) => x * 2), () => [21], (value) => {
      got = value;
    });
    assert.equal(status & 15, 1);
    set = rt.newSet(p);
    rt.joinSet(p, status >> 4, set);
    return 2 | (set << 4);
  }, (event, index, state) => {
    assert.deepEqual([event, state], [1, 2]);
    rt.dropSubtask(p, index);
    rt.dropSet(p, set);
    returns(rt, p, got);
    return 0;
  });
  assert.equal(await rt.callAsync(run, []), 42);
  assert.deepEqual(p.handles.free, [1, 2]);
});

test('a call that nobody can end is a deadlock, and the instance lives on', async () => {
  const rt = await runtime();
  const p = part();
  const run = lifted(rt, p, (ends) => {
    if (ends) returns(rt, p, 1);
    return ends ? 0 : 2 | (rt.newSet(p) << 4);
  });
  await assert.rejects(rt.callAsync(run, []), /deadlock detected: event loop cannot make further progress/);
  assert.equal(await rt.callAsync(run, [true]), 1);
});

test('tasks of one part take turns', async () => {
  const rt = await runtime();
  const p = part();
  const log = [];
  const run = lifted(rt, p, (name) => {
    log.push(`${name} starts`);
    p.exclusive.task.name = name;
    return 1;
  }, () => {
    const { task } = p.exclusive;
    log.push(`${task.name} ends`);
    rt.resolved(task, task.name);
    return 0;
  });
  assert.deepEqual(await Promise.all([rt.callAsync(run, ['a']), rt.callAsync(run, ['b'])]), ['a', 'b']);
  assert.deepEqual(log, ['a starts', 'b starts', 'a ends', 'b ends']);
});

test('backpressure holds calls back', async () => {
  const rt = await runtime();
  const p = part();
  const run = lifted(rt, p, () => {
    returns(rt, p, 'done');
    return 0;
  });
  const release = { part: p, async: false, exclusive: false, params: () => [], core: rt.direct(() => rt.press(p, -1)), result: () => undefined };
  rt.press(p, 1);
  const first = rt.callAsync(run, []);
  assert.equal(p.entering, 1);
  rt.callSync(release, []);
  assert.equal(await first, 'done');
  assert.throws(() => rt.press(p, -1), /backpressure counter overflow/);
});

test('a stream from a part to the host', async () => {
  const rt = await runtime();
  const p = part();
  const memory = new WebAssembly.Memory({ initial: 1 });
  const codec = bytes(rt, memory);
  new Uint8Array(memory.buffer).set([1, 2, 3, 4, 5]);
  let writer;
  const run = lifted(rt, p, () => {
    const pair = rt.newEnds(p, rt.STREAM_READ, codec.element);
    writer = Number(pair >> 32n);
    returns(rt, p, rt.liftStream(p, codec.element, Number(pair & 0xffffffffn)));
    assert.equal(rt.transferLater(p, rt.STREAM_WRITE, codec, writer, 0, 5), -1);
    const set = rt.newSet(p);
    rt.joinSet(p, writer, set);
    return 2 | (set << 4);
  }, (event, index, result) => {
    assert.deepEqual([event, index], [3, writer]);
    assert.equal(result, 5 << 4);
    rt.dropEnd(p, rt.STREAM_WRITE, codec.element, index);
    return 0;
  });
  const stream = await rt.callAsync(run, []);
  const got = [];
  for await (const byte of stream) got.push(byte);
  assert.deepEqual(got, [1, 2, 3, 4, 5]);
});

test('a stream from the host to a part', async () => {
  const rt = await runtime();
  for (const source of [new Set([7, 8, 9]), new Blob(['\x07\x08\x09']).stream(), (async function* () {
    yield 7;
    yield new Uint8Array([8, 9]);
  })()]) {
    const p = part();
    const memory = new WebAssembly.Memory({ initial: 1 });
    const codec = bytes(rt, memory);
    let at = 0;
    let set;
    const next = (index, result) => {
      while (result !== -1) {
        at += result >> 4;
        if (result & 15) {
          returns(rt, p, [...new Uint8Array(memory.buffer, 0, at)]);
          return 0;
        }
        result = rt.transferLater(p, rt.STREAM_READ, codec, index, at, 100);
      }
      return 2 | (set << 4);
    };
    const run = lifted(rt, p, (index) => {
      set = rt.newSet(p);
      rt.joinSet(p, index, set);
      return next(index, 0);
    }, (event, index, result) => next(index, result), { params: ([stream]) => [rt.lowerStream(p, codec.element, stream)] });
    assert.deepEqual(await rt.callAsync(run, [source]), [7, 8, 9]);
  }
});

test('futures both ways', async () => {
  const rt = await runtime();
  const p = part();
  const memory = new WebAssembly.Memory({ initial: 1 });
  const codec = bytes(rt, memory);
  let writer;
  const run = lifted(rt, p, (index) => {
    const pair = rt.newEnds(p, rt.FUTURE_READ, codec.element);
    writer = Number(pair >> 32n);
    returns(rt, p, { future: rt.liftFuture(p, codec.element, Number(pair & 0xffffffffn)) });
    assert.equal(rt.transferLater(p, rt.FUTURE_READ, codec, index, 0), -1);
    const set = rt.newSet(p);
    rt.joinSet(p, index, set);
    return 2 | (set << 4);
  }, (event, index, result) => {
    assert.deepEqual([event, result], [4, 0]);
    new Uint8Array(memory.buffer)[0] += 1;
    rt.transferLater(p, rt.FUTURE_READ + 1, codec, writer, 0);
    return 0;
  }, { params: ([future]) => [rt.lowerFuture(p, codec.element, future)] });
  const { future } = await rt.callAsync(run, [Promise.resolve(6)]);
  assert.equal(await future, 7);
});

test('a stream goes through two parts without the host', async () => {
  const rt = await runtime();
  const [a, b] = [part(), part()];
  const element = { numeric: true };
  const pair = rt.newEnds(a, rt.STREAM_READ, element);
  const reader = rt.lowerStream(b, element, rt.liftStream(a, element, Number(pair & 0xffffffffn)));
  const [from, to] = [new WebAssembly.Memory({ initial: 1 }), new WebAssembly.Memory({ initial: 1 })];
  new Uint8Array(from.buffer).set([1, 2, 3]);
  const codec = (memory) => ({ element, size: 1, align: 1, array: Uint8Array, memory: () => memory });
  assert.equal(rt.transferLater(b, rt.STREAM_READ, codec(to), reader, 8, 2), -1);
  assert.equal(rt.transferLater(a, rt.STREAM_WRITE, codec(from), Number(pair >> 32n), 0, 3), 2 << 4);
  assert.deepEqual([...new Uint8Array(to.buffer, 8, 3)], [1, 2, 0]);
  assert.throws(() => rt.transferLater(b, rt.STREAM_READ, codec(to), reader, 65535, 2), /concurrent operations/);
});

test('whatever is done when, a stream carries what is written, in order, and counts of both sides agree', async () => {
  const rt = await runtime();
  for (let seed = 1; seed <= 500; seed += 1) {
    let state = seed * 2654435761;
    const random = (below) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 16) % below;
    };
    const [a, b] = [part(), part()];
    const element = { numeric: true };
    const pair = rt.newEnds(a, rt.STREAM_READ, element);
    const reader = rt.lowerEnd(b, rt.liftEnd(a, rt.STREAM_READ, element, Number(pair & 0xffffffffn)));
    const memories = [a, b].map(() => new WebAssembly.Memory({ initial: 1 }));
    const sides = [[a, rt.STREAM_WRITE, Number(pair >> 32n)], [b, rt.STREAM_READ, reader]].map(([of, kind, index], at) => ({
      of, kind, index, done: 0, busy: false, closed: false,
      bytes: new Uint8Array(memories[at].buffer),
      codec: { element, size: 1, align: 1, array: Uint8Array, memory: () => memories[at] },
    }));
    const [writer, taker] = sides;
    const got = [];
    const ended = (side, result) => {
      side.busy = result === -1;
      if (side.busy) return;
      if (side === taker) got.push(...side.bytes.subarray(0, result >> 4));
      side.done += result >> 4;
      side.closed = (result & 15) === 1;
    };
    for (let step = 0; step < 60; step += 1) {
      const side = sides[random(2)];
      const end = side.of.handles.entries[side.index];
      if (side.closed || !end) continue;
      if (side.busy && end.event) {
        ended(side, rt.eventOf(end)[2]);
      } else if (side.busy) {
        if (!random(4)) ended(side, rt.stop(side.of, side.kind, element, side.index, true));
      } else if (!random(30)) {
        rt.dropEnd(side.of, side.kind, element, side.index);
      } else {
        const length = random(6);
        if (side === writer) side.bytes.set(Array.from({ length }, (_, at) => side.done + at));
        ended(side, rt.transferLater(side.of, side.kind, side.codec, side.index, 0, length));
      }
    }
    for (const side of sides) {
      const end = side.of.handles.entries[side.index];
      if (end && side.busy) ended(side, end.event ? rt.eventOf(end)[2] : rt.stop(side.of, side.kind, element, side.index, true));
    }
    assert.deepEqual(got, got.map((_, at) => at), `seed ${seed}`);
    assert.deepEqual([writer.done, taker.done], [got.length, got.length], `seed ${seed}`);
  }
});

test('a task that was cancelled before it began never begins', async () => {
  const rt = await runtime();
  const [a, b] = [part(), part()];
  const callee = lifted(rt, b, () => assert.fail('begun'));
  b.backpressure = 1;
  const status = rt.callLater(a, (start, resolve) => rt.call(callee, start, resolve), () => [], () => undefined);
  assert.equal(status & 15, 0);
  assert.equal(rt.cancelSubtask(a, status >> 4, rt.cancelLater), 3);
  rt.dropSubtask(a, status >> 4);
  assert.equal(b.entering, 0);
});

test('what stands in a set takes turns', async () => {
  const rt = await runtime();
  const set = { items: [] };
  const items = [0, 1].map(() => rt.waitable(rt.SUBTASK));
  items.forEach((item) => rt.join(item, set));
  const heard = [0, 1, 2, 3].map(() => {
    items.forEach((item, index) => {
      item.event = () => index;
    });
    return rt.takeEvent(set);
  });
  assert.deepEqual(heard, [0, 1, 0, 1]);
});

test('a wrong argument leaves the instance alive', async () => {
  const rt = await runtime();
  const p = part();
  const run = lifted(rt, p, () => {
    returns(rt, p, 1);
    return 0;
  }, undefined, { params: ([x]) => (x === undefined ? (() => {
    throw new TypeError('run: parameter "x"');
  })() : [x]) });
  await assert.rejects(rt.callAsync(run, []), TypeError);
  assert.equal(await rt.callAsync(run, [1]), 1);
});

test('without JSPI others run while a function waits', { skip: 'Suspending' in WebAssembly && 'JSPI is there' }, async () => {
  const rt = await runtime();
  const [a, b] = [part(), part()];
  const callee = lifted(rt, b, () => 1, () => {
    returns(rt, b, 5);
    return 0;
  });
  const now = rt.blocking(() => rt.callWait((start, resolve) => rt.call(callee, start, resolve), () => [], (value) => value), '', 'i');
  const run = { part: a, async: true, exclusive: true, params: () => [], core: rt.stacked(() => now() + 1, '', 'i'), result: (x) => x };
  assert.equal(await rt.callAsync(run, []), 6);
  const never = rt.blocking(() => rt.callWait(rt.host(() => new Promise(() => {})), () => [], (value) => value), '', 'i');
  await assert.rejects(rt.callAsync({ ...run, core: rt.stacked(never, '', 'i') }, []), /JSPI/);
});

test('with JSPI a function waits for the host', { skip: !('Suspending' in WebAssembly) && 'no JSPI' }, async () => {
  const rt = await runtime();
  const a = part();
  const slow = rt.blocking(() => rt.callWait(rt.host(async () => 5), () => [], (value) => value), '', 'i');
  const fast = rt.blocking(() => rt.callWait(rt.host(() => 6), () => [], (value) => value), '', 'i');
  const lift = (core) => ({ part: a, async: true, exclusive: true, params: () => [], core: rt.stacked(core, '', 'i'), result: (x) => x });
  assert.equal(await rt.callAsync(lift(slow), []), 5);
  assert.equal(await rt.callAsync(lift(fast), []), 6);
  assert.equal(rt.callSync({ ...lift(fast), async: false, exclusive: false }, []), 6);
  assert.equal(fast(), 6);
});
