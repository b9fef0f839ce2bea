const INITIAL = 0;
const STARTED = 1;
const CANCELLING = 2; //: Cancels
const CANCELLED = 3; //: Cancels
const RESOLVED = 4;

/** Calls a lifted function: `start` gives its arguments, `resolve` takes its result. */
const call = (lift, start, resolve, refuse) => {
  const { part } = lift;
  const task = { lift, part, start, resolve, refuse, state: INITIAL, borrows: 0, threads: 0 };
  task.thread = newThread(task, () => enter(task));
  const outer = scope; //: Blocking
  if (!lift.async) scope = part; //: Blocking
  task.more = resume(task.thread);
  task.more = after(task.more, () => finishSync(task)); //: Blocking
  scope = outer; //: Blocking
  return task;
};

const newThread = (task, run) => ({ task, run, ready: null, storage: [0, 0] });

const enter = (task) => {
  const { part, lift, thread } = task;
  const full = () => part.backpressure > 0 || (lift.exclusive && part.exclusive !== null);
  if (!lift.async || (!full() && !part.entering)) return begin(task);
  part.entering += 1;
  return park(thread, () => !full(), () => {
    part.entering -= 1;
    if (delivered(task)) return cancelled(task); //: Cancel
    return begin(task);
  });
};

const register = (thread) => {
  thread.task.threads += 1;
  thread.index = put(thread.task.part.threads, thread); //: Switching
};

const begin = (task) => {
  const { part, lift, thread } = task;
  if (lift.exclusive) part.exclusive = thread;
  register(thread);
  task.state = STARTED;
  let args;
  try {
    const values = task.start();
    borrower = task; //: Borrows
    args = lift.params(values);
  } catch (error) {
    if (!task.refuse || error instanceof WebAssembly.RuntimeError) throw error;
    task.state = RESOLVED;
    exit(thread);
    return task.refuse(error);
  }
  return lift.core(args, (flat) => {
    if (lift.callback) return loop(task, flat);
    if (lift.result) {
      resolved(task, lift.result(flat));
      lift.postReturn?.(flat);
    }
    return exit(thread);
  });
};

/** A thread is at its end. */
const exit = (thread) => {
  const { task } = thread;
  take(task.part.threads, thread.index); //: Switching
  task.threads -= 1;
  if (!task.threads && task.state !== RESOLVED) trap('async-lifted export failed to produce a result');
  if (task.part.exclusive === thread) task.part.exclusive = null;
};

const resolved = (task, value) => {
  if (task.state === RESOLVED) trap('`task.return` or `task.cancel` called more than once for current task');
  if (task.borrows) trap('borrow handles still remain at the end of the call');
  task.resolve(value, false);
  task.state = RESOLVED;
};
