/** The task that returns, if it is one with results of that type. */
const returning = (type) => {
  const { task } = current;
  if (task.lift.returns !== type) trap('invalid `task.return` signature and/or options for current task');
  return task;
};
