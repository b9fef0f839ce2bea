import { play } from './harness.js';

const call = (func, args, expect, name = null, isAsync = false) => ({ do: 'call', name, func, args, isAsync, expect });

const commands = [
  { do: 'define', file: 'made.js', cores: ['made.wasm'] }, // ok
  { do: 'define', file: 'made.js', cores: ['none.wasm'] }, // Error: ENOENT
  call('id', [1], { value: 1 }), // there is no such instance
  { do: 'instance', file: 'made.js', name: 'a' }, // ok
  { do: 'instance', file: 'made.js', name: null }, // ok
  { do: 'instance', file: 'none.js', name: null }, // Error: Cannot find module
  call('count', [], { value: 1 }), // follows
  { do: 'instance', file: 'made.js', name: null }, // ok
  call('count', [], { value: 1 }), // ok
  call('count', [], { value: 1 }), // it is 2, not 1
  call('count', [], { value: 1 }, 'a'), // ok
  call('none', [], { value: 1 }), // there is no function none
  call('id', [NaN], { value: NaN }), // ok
  call('id', [-0], { value: 0 }), // it is -0, not 0
  call('id', [1n], { value: 1 }), // it is 1n, not 1
  call('id', [{ a: 1, b: undefined }], { value: { a: 1 } }), // ok
  call('id', [{ a: 1, b: false }], { value: { a: 1 } }), // it is { a: 1, b: false }, not { a: 1 }
  call('id', [new Uint8Array([1, 2])], { value: new Uint8Array([1, 2]) }), // ok
  call('id', [[1, 2]], { value: new Uint8Array([1, 2]) }), // it is [1, 2], not [1, 2]
  call('id', [new Map([['a', [1]]])], { value: new Map([['a', [1]]]) }), // ok
  call('id', [new Map([['a', [1]]])], { value: new Map([['a', [2]]]) }), // it is Map [["a", [1]]], not Map [["a", [2]]]
  call('fail', ['why'], { error: 'why' }), // ok
  call('fail', ['why'], { error: 'not' }), // "why" is thrown
  call('fail', ['why'], { value: undefined }), // ComponentError: why
  call('fail', ['why'], { trap: 'why' }), // no trap: ComponentError: why
  call('wrong', [], { error: 'a type' }), // TypeError: wrong: a type
  call('trap', ['unreachable'], { trap: 'wasm trap: wasm `unreachable` instruction executed' }), // ok
  call('trap', ['unaligned'], { trap: 'unaligned pointer' }), // the trap says "unaligned", not "unaligned pointer"
  call('trap', ['unaligned'], { value: undefined }), // RuntimeError: unaligned
  call('id', [1], { trap: 'unreachable' }), // no trap: 1
  call('wrong', [], { trap: 'wrong' }), // no trap: TypeError: wrong: a type
  call('later', [1], { value: 1 }, null, true), // ok
  call('later', [1], { value: 1 }), // a promise
  call('id', [1], { value: 1 }, null, true), // not a promise
  call('never', [], { value: 1 }, null, true), // not done in 3000 ms
  { do: 'instance-traps', file: 'made.js', trap: 'unreachable' }, // no trap: { id:
  { do: 'other' }, // there is no command other
];

await play(commands.map((command, n) => ({ n, ...command })), 'sync', import.meta.url);
