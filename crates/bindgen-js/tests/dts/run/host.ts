// What the imports are taken from.
import type { ImportObject, RemovalOf, TestHostLog } from './run.js';

export class Sink implements TestHostLog.Sink {
  static dropped = 0;
  readonly base: number;
  constructor(base: number) {
    this.base = base;
  }
  add(n: number): number {
    return this.base + n;
  }
  [Symbol.dispose]() {
    Sink.dropped += 1;
  }
}

export const double: typeof TestHostLog.double = (n) => n * 2;

export const removed: number[] = [];
const remove: typeof RemovalOf.delete = (n) => {
  removed.push(n);
};
export { remove as delete };

const seedValue: ImportObject['seedValue'] = () => 18446744073709551615n;
export default seedValue;
