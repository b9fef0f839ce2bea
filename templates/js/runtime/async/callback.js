/** What a function with a callback wants next. */
const loop = (task, packed) => {
  const { part, lift, thread } = task;
  const code = packed & 15;
  if (code > 2) trap(`unsupported callback code: ${code}`);
  if (!code) return exit(thread);
  const tell = (event) => {
    part.exclusive = thread;
    return lift.callback(event, (flat) => loop(task, flat));
  };
  if (delivered(task)) return tell([6, 0, 0]); //: Cancel
  if (code === 2) return waitFor(task, packed >>> 4, tell); //: Sets
  if (code === 2) return trap(`unknown handle index ${packed >>> 4}`);
  part.exclusive = null;
  return park(thread, () => !part.exclusive, () => {
    if (delivered(task)) return tell([6, 0, 0]); //: Cancel
    return tell([0, 0, 0]);
  });
};
