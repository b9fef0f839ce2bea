/** Whether the task is told only now that it shall stop. */
const delivered = (task) => {
  if (task.state !== CANCELLING) return false;
  task.state = CANCELLED;
  return true;
};

const cancelled = (task) => {
  if (task.state !== CANCELLED) trap('`task.cancel` called by task which has not been cancelled');
  if (task.borrows) trap('borrow handles still remain at the end of the call');
  task.resolve(undefined, true);
  task.state = RESOLVED;
};
