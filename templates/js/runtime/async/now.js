/** A synchronous lower of a function that is done when it returns. */
const callNow = (callee, params, result) => {
  const subtask = subtaskOf(callee, params, result);
  conclude(subtask);
  return subtask.flat;
};
