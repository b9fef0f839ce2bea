const isResolved = (subtask) => subtask.state > 1;

const conclude = (subtask) => {
  for (const entry of subtask.lenders) entry.lends -= 1;
  subtask.lenders = null;
};

/** A call of another function: `callee(start, resolve)` gives how it is cancelled, and what the call still needs. */
const subtaskOf = (callee, params, result) => {
  const subtask = { ...waitable(SUBTASK), state: 0, lenders: [], cancelling: false, flat: undefined, task: null };
  const progress = () => {
    if (!subtask.index) return;
    subtask.event = () => {
      if (isResolved(subtask)) conclude(subtask);
      return [SUBTASK, subtask.index, subtask.state];
    };
  };
  subtask.task = callee(() => {
    progress();
    subtask.state = 1;
    lender = subtask.lenders; //: Borrows
    return params();
  }, (value, cancelled) => {
    progress();
    if (!cancelled) subtask.flat = result(value);
    subtask.state = !cancelled ? 2 : subtask.state ? 4 : 3;
  });
  return subtask;
};
