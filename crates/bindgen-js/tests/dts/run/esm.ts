// The module makes its instance as it is loaded.
import { Counter, default as sum, math, seeded } from './run.js';
import type { ComponentError } from './run.js';
import * as run from './run.js';
import { removed, Sink } from './host.ts';

const check = (is: boolean, what: string) => {
  if (!is) throw new Error(what);
};
const keys = ['Counter', 'default', 'math', 'seeded', 'test:api/math@0.1.0', 'test:api/seeded@0.1.0'];
check(Object.keys(run).sort().join() === keys.join(), Object.keys(run).join());
const counter: Counter = new Counter(41);
const count: bigint = counter.get() + Counter.make(0).get();
check(count === 42n, `${count}`);
counter[Symbol.dispose]();
const six: number = sum(2, 2) + math.sum(0, 0);
check(six === 6 && Sink.dropped === 2, `${six} ${Sink.dropped}`);
const seed: bigint = seeded();
check(seed === 2n ** 64n - 1n && removed.join() === '7', `${seed} ${removed}`);
check(run['test:api/math@0.1.0'] === math && run['test:api/seeded@0.1.0'].half(4) === 2, 'half');
try {
  math.half(3);
} catch (error) {
  check((error as ComponentError<string>).payload === 'odd', `${error}`);
  console.log('ok');
}
