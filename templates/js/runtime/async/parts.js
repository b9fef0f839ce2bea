const newTable = () => ({ entries: [undefined], free: [] });

const newPart = (handles = newTable()) =>
  ({ handles, threads: newTable(), backpressure: 0, entering: 0, exclusive: null });
