/** The error of a result: `payload` is its value. */
export class ComponentError extends Error {
  constructor(payload) {
    super(typeof payload === 'string' ? payload : 'the call returned an error, see its `payload`');
    this.payload = payload;
  }
}
