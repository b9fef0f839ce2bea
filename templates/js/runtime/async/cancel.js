/** Asks a task to stop. */
const cancelTask = (task) => {
  const begun = task.state !== INITIAL;
  task.state = CANCELLING;
  const thread = begun ? candidate(null, task) ?? candidate(task.part) : task.thread;
  return thread && resume(thread);
};

const cancelSubtask = (part, index, blocked) => {
  const subtask = find(part.handles, index, SUBTASK);
  if (!subtask.lenders || subtask.cancelling) trap('`subtask.cancel` called after terminal status delivered');
  if (subtask.set) trap('waitable cannot be used synchronously while added to a waitable set');
  const done = () => {
    subtask.waited = false;
    eventOf(subtask);
    return subtask.state;
  };
  if (isResolved(subtask)) return done();
  subtask.cancelling = true;
  subtask.waited = true;
  return after(subtask.task.cancel ? subtask.task.cancel() : cancelTask(subtask.task), () => {
    if (isResolved(subtask)) return done();
    return blocked(subtask, done);
  });
};

const cancelLater = (subtask) => {
  subtask.waited = false;
  return -1;
};
