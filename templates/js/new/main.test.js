import assert from 'node:assert/strict';
import test from 'node:test';
import { api } from './greeter/greeter.js';

test('it greets', () => {
  assert.equal(api.greet('JS'), 'Hello, JS!');
});

test('each counter counts on its own', () => {
  const [one, other] = [new api.Counter(0n), new api.Counter(40n)];
  one.increment();
  assert.deepEqual([one.increment(), other.get()], [2n, 40n]);
});
