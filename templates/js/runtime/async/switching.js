const newThreadAt = (table, index, argument, entry) => {
  const core = table.get(index >>> 0) ?? trap('the start function index points to an uninitialized function');
  const { task } = current;
  const thread = newThread(task, () => entry(core)([argument], () => exit(thread)));
  register(thread);
  return thread.index;
};

const threadAt = (part, index) => part.threads.entries[index >>> 0] ?? trap(`unknown thread index ${index >>> 0}`);

const suspended = (part, index) => {
  const thread = threadAt(part, index);
  if (thread === current || thread.ready || (!thread.run && !thread.waiting)) {
    trap('cannot resume thread which is not suspended');
  }
  return thread;
};

const zero = () => 0;
const always = () => true;

const resumeLater = (part, index) => {
  const thread = suspended(part, index);
  park(thread, always, thread.run);
};

/** Stops the current thread, as one that is ready if it yields, and runs the other. */
const switchTo = (part, yields, index) => {
  successor = suspended(part, index);
  return pause(yields && always, zero);
};

const promote = (part, yields, index) => {
  const thread = threadAt(part, index);
  if (thread === current) trap('cannot resume thread which is not suspended');
  if (thread.ready?.()) successor = thread;
  return pause(yields && always, zero);
};
