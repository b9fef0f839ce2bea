/** A synchronous lower: waits for the result. */
const callWait = (callee, params, result) => {
  const outer = scope;
  if (!current) scope = {};
  const subtask = subtaskOf(callee, params, result);
  scope = outer;
  return after(subtask.task.more, () => wait(() => isResolved(subtask), () => {
    conclude(subtask);
    return subtask.flat;
  }));
};
