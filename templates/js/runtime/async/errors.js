const ERROR = 8;

const newError = (part, message) => put(part.handles, { kind: ERROR, error: new Error(message) });

const errorAt = (part, index) => find(part.handles, index, ERROR).error;

const lowerError = (part, value) =>
  put(part.handles, { kind: ERROR, error: value instanceof Error ? value : new Error(String(value)) });

const dropError = (part, index) => {
  find(part.handles, index, ERROR);
  take(part.handles, index);
};
