import { api } from './greeter/greeter.js';

console.log(api.greet('JavaScript'));

const counter = new api.Counter(0n);
counter.increment();
counter.increment();
console.log(`The counter stands at ${counter.get()}.`);
