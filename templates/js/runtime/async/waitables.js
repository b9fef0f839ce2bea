/** What stands in tables: waitables are called as their events. */
const SUBTASK = 1;
const SET = 7;

const waitable = (kind) => ({ kind, element: undefined, index: 0, event: null, set: null, waited: false });

const join = (item, set) => {
  if (item.set) item.set.items.splice(item.set.items.indexOf(item), 1);
  item.set = set;
  set?.items.push(item);
};

const hasEvent = (set) => set.items.some((item) => item.event);

const eventOf = (item) => {
  const { event } = item;
  item.event = null;
  return event();
};

/** Items take turns. */
const takeEvent = (set) => {
  const item = set.items.find(({ event }) => event);
  join(item, set);
  return eventOf(item);
};
