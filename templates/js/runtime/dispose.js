export const dispose = Symbol.dispose ?? Symbol.for('dispose');
