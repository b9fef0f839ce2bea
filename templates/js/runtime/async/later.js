/** An asynchronous lower: its status. */
const callLater = (part, callee, params, result) => {
  const outer = scope; //: Blocking
  scope = null; //: Blocking
  const subtask = subtaskOf(callee, params, result);
  scope = outer; //: Blocking
  return after(subtask.task.more, () => {
    if (isResolved(subtask)) {
      conclude(subtask);
      return subtask.state;
    }
    subtask.index = put(part.handles, subtask);
    return subtask.state | (subtask.index << 4);
  });
};
