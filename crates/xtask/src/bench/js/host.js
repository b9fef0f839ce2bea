// What the bench component imports.

export class Thing {
  #value;
  constructor(value) {
    this.#value = value;
  }
  get() {
    return this.#value;
  }
  [Symbol.dispose]() {}
}

const text = 'hello world, this is a string..!';
export const add = (a, b) => a + b;
export const takeString = (text) => text.length;
export const getString = () => text;
export const takeBytes = (bytes) => bytes.length;
