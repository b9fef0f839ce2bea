import assert from 'node:assert/strict';
import { api } from './js/greeter.js';

const counter = new api.Counter(0n);
counter.increment();
counter.increment();
assert.equal(api.greet('JS'), 'Hello, JS!');
assert.equal(counter.get(), 2n);
assert.ok(counter instanceof api.Counter);
const other = new api.Counter(40n);
assert.deepEqual([other.increment(), counter.get()], [41n, 2n]);
counter[Symbol.dispose ?? Symbol.for('dispose')]();
assert.throws(() => counter.get(), TypeError);
assert.equal(other.get(), 41n);
assert.throws(() => api.greet(1), { message: 'greet: parameter "name": expected a string, found a number' });
