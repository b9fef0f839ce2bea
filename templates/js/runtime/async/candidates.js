/** A thread of a part or task that is ready, and not below others on the stack. */
const candidate = (part, task) => {
  const fits = (thread) => (!part || thread.task.part === part) && (!task || thread.task === task);
  return queue.find((thread) => fits(thread) && !thread.stacked && thread.ready());
};
