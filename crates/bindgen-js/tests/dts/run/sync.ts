// The program makes instances, and nothing waits.
import { readFileSync } from 'node:fs';
import { instantiate } from './run.js';
import type { ComponentError, ImportObject, Root } from './run.js';
import seedValue, * as host from './host.ts';

const check = (is: boolean, what: string) => {
  if (!is) throw new Error(what);
};
const both = { seedValue, 'removal-of': host };
const all: ImportObject[] = [{ ...both, 'test:host/log': host }, { ...both, 'test:host/log@1.0.0': host }];
const load = (path: string) => new WebAssembly.Module(readFileSync(path));
for (const imports of all) {
  const run: Root = instantiate(load, imports);
  const keys = ['Counter', 'default', 'math', 'seeded', 'test:api/math@0.1.0', 'test:api/seeded@0.1.0'];
  check(Object.keys(run).sort().join() === keys.join(), Object.keys(run).join());
  const counter: Root['Counter']['prototype'] = new run.Counter(41);
  check(counter.get() + run.Counter.make(0).get() === 42n, 'counter');
  const sum: number = run.default(2, 2) + run.math.sum(0, 0) + run['test:api/seeded@0.1.0'].sum(0, 0);
  check(sum === 6 && run.seeded() === 2n ** 64n - 1n, `${sum}`);
  try {
    run.math.half(3);
    check(false, 'half');
  } catch (error) {
    check((error as ComponentError<string>).payload === 'odd', `${error}`);
  }
}
console.log('ok');
