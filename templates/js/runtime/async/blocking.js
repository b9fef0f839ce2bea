/** A function of a synchronous type ends before its caller goes on. */
const finishSync = (task) => {
  while (!task.lift.async && task.state !== RESOLVED) {
    const thread = candidate(task.part) ?? trap('cannot block a synchronous task before returning');
    const more = resume(thread);
    if (more) return more.then(() => finishSync(task));
  }
  return undefined;
};

/** What a built-in returns that has to wait: the thread goes on with `take` when it is ready. */
const WAIT = Symbol('wait');
const jspi = 'Suspending' in WebAssembly;

const wait = (ready, give) => (ready() ? give() : pause(ready, give));

/** Waits even if it is ready now, or (without `ready`) until another thread says so. */
const pause = (ready, give) => {
  if (!current) trap('cannot block a synchronous task before returning');
  current.take = give;
  current.waiting = true;
  if (ready) park(current, ready);
  return WAIT;
};

/** How often threads ran on top of others since the host had a turn. */
let rounds = 0;

const missing = () => trap('this has to wait, for which JavaScript needs WebAssembly JSPI (`WebAssembly.Suspending`)');

/** Without JSPI: others run on top of the stack of the thread that waits. */
const nest = (thread) => {
  if (!rounds) queueMicrotask(() => {
    rounds = 0;
  });
  for (;;) {
    rounds += 1;
    if (rounds > 200000 && (answers.length || outstanding || thread.below)) missing();
    thread.stacked = false;
    const next = successor ?? candidate(scope);
    successor = null;
    if (next === thread) break;
    thread.stacked = true;
    if (!next || next.stacked) {
      const mine = (other) => other !== thread && other.stacked && other.task.part === scope && other.ready();
      if (scope && !next && !queue.some(mine)) trap('cannot block a synchronous task before returning');
      const alone = !scope && !next && !thread.below && !outstanding && !answers.length;
      if (alone) trap('deadlock detected: event loop cannot make further progress');
      missing();
    }
    resume(next);
  }
  unpark(thread);
  thread.waiting = false;
  current = thread;
};

const answer = () => {
  const { take: give } = current;
  current.take = null;
  return give();
};

/** What a built-in returned, and who called it. */
let ready;
let caller;

const begun = (thread, value) => {
  ready = value;
  caller = thread;
  if (value !== WAIT && !(value instanceof Promise)) return 0;
  thread.more = value === WAIT ? null : value;
  return 1;
};

const ended = () => {
  if (current?.take) return answer();
  return ready;
};

const slice = (thread) => new Promise((resolve, reject) => {
  thread.end = { resolve, reject };
});

const sleep = (thread) => new Promise((go) => {
  thread.waiting = true;
  thread.run = () => {
    thread.waiting = false;
    go();
    return slice(thread);
  };
  thread.end?.resolve();
});

const suspend = () => {
  const thread = caller;
  const { more } = thread;
  if (!more) return sleep(thread);
  thread.waiting = false;
  return more.then((value) => {
    if (value === WAIT) return sleep(thread);
    thread.take = () => value;
    return undefined;
  });
};

/** A built-in that may have to wait; the core types of its parameters and results are `i`, `l`, `f`, `d`. */
const blocking = (work, params, results) => {
  if (jspi) return stub([[params, 'i'], ['', ''], ['', results]], [params, results],
    [...gets(params), 0x10, 0, 0x04, 0x40, 0x10, 1, 0x0b, 0x10, 2],
    [(...args) => begun(current, work(...args)), new WebAssembly.Suspending(suspend), ended]);
  return (...args) => {
    const value = work(...args);
    if (value !== WAIT) return value;
    nest(current);
    return answer();
  };
};

/** A core function on a stack of its own, which built-ins can suspend. */
const stacked = (core, params, results) => {
  if (!jspi) return direct(core);
  const note = (value) => {
    current.value = value;
    current.done = true;
  };
  const run = WebAssembly.promising(stub([[params, results], [results, '']], [params, ''],
    [...gets(params), 0x10, 0, 0x10, 1], [core, note]));
  return (args, then) => {
    const thread = current;
    thread.done = false;
    thread.waiting = null;
    const end = run(...args);
    if (thread.done) return then(thread.value);
    if (thread.waiting === null) return end;
    const more = thread.waiting ? undefined : slice(thread);
    finish(thread, end, then).catch((error) => thread.end.reject(error));
    return more;
  };
};

/** Goes on when the suspended function has ended, and ends the slice. */
const finish = async (thread, end, then) => {
  await end;
  const { resolve, reject } = thread.end;
  try {
    await then(thread.value);
    resolve();
  } catch (error) {
    reject(error);
  }
};

const gets = (params) => [...params].flatMap((_, index) => [0x20, index]);

/** A core function that calls the functions it imports. */
const stub = (imports, own, code, functions) => {
  const size = (length) => (length < 128 ? [length] : [(length & 127) | 128, length >> 7]);
  const vector = (items) => [...size(items.length), ...items.flat()];
  const section = (id, items) => [id, ...vector(vector(items))];
  const kinds = (text) => vector([...text].map((kind) => ({ i: 0x7f, l: 0x7e, f: 0x7d, d: 0x7c })[kind]));
  const types = [...imports, own].map(([params, results]) => [0x60, ...kinds(params), ...kinds(results)]);
  const module = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, types),
    ...section(2, imports.map((_, index) => [0, 1, 48 + index, 0, index])),
    ...section(3, [imports.length]),
    ...section(7, [[0, 0, imports.length]]),
    ...section(10, [vector([0, ...code, 0x0b])])));
  return new WebAssembly.Instance(module, { '': { ...functions } }).exports[''];
};
