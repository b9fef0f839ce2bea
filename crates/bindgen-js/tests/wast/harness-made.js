class ComponentError extends Error {
  constructor(payload) {
    super(String(payload));
    this.name = 'ComponentError';
    this.payload = payload;
  }
}

export function instantiate(getCoreModule, imports) {
  getCoreModule('made.wasm');
  let calls = 0;
  return {
    id: (value) => value,
    count: () => ++calls,
    fail: (payload) => {
      throw new ComponentError(payload);
    },
    trap: (text) => {
      throw new WebAssembly.RuntimeError(text);
    },
    wrong: () => {
      throw new TypeError('wrong: a type');
    },
    later: async (value) => value,
    never: () => new Promise(() => {}),
  };
}
