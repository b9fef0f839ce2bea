/** A task with a callback waits for an event of a set. */
const waitFor = (task, index, tell) => {
  const { part, thread } = task;
  const set = find(part.handles, index, SET);
  part.exclusive = null;
  set.waiting += 1;
  const heard = () => {
    if (task.state === CANCELLING) return true; //: Cancel
    return hasEvent(set);
  };
  return park(thread, () => !part.exclusive && heard(), () => {
    set.waiting -= 1;
    if (delivered(task)) return tell([6, 0, 0]); //: Cancel
    return tell(takeEvent(set));
  });
};

const newSet = (part) => put(part.handles, { kind: SET, items: [], waiting: 0 });

const dropSet = (part, index) => {
  const set = find(part.handles, index, SET);
  if (set.items.length) trap('cannot drop waitable set with entries');
  if (set.waiting) trap('cannot drop waitable set with waiters');
  take(part.handles, index);
};

const joinSet = (part, index, set) => {
  const item = find(part.handles, index);
  if (item.kind > 5) trap(`handle index ${index >>> 0} used with the wrong type`);
  if (item.waited) trap('waitable cannot be used synchronously while added to a waitable set');
  join(item, set ? find(part.handles, set, SET) : null);
};
