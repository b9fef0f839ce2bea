const dropSubtask = (part, index) => {
  const subtask = find(part.handles, index, SUBTASK);
  if (subtask.lenders) trap('cannot drop a subtask which has not yet resolved');
  join(subtask, null);
  take(part.handles, index);
};
