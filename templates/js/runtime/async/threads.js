/** The thread that runs; those that wait; calls of the host without an answer. */
let current = null;
const queue = [];
const calls = new Set();
/** How much the host still has to give, and how many of its functions run. */
let outstanding = 0;
let hosting = 0;
/** Whether a slice runs, and what begins when it ends. */
let busy = false;
const turns = [];
let ticking = false;
let failure = null;
/** To whom the thread that stops now hands over. */ //: Blocking
let successor = null; //: Blocking
/** The part whose synchronous task decides who may run. */ //: Blocking
let scope = null; //: Blocking
/** Who is lent the handles that are lifted now, and that are lowered now. */ //: Borrows
let lender = null; //: Borrows
let borrower = null; //: Borrows

/** Goes on at once, or later if a slice needs more than this turn. */
const after = (more, next) => (more ? more.then(next) : next());

const park = (thread, ready, run = null) => {
  thread.ready = ready;
  thread.run = run;
  queue.push(thread);
};

const unpark = (thread) => {
  if (thread.ready) queue.splice(queue.indexOf(thread), 1);
  thread.ready = null;
};

/** Runs the thread until it waits or ends. */
const resume = (thread) => {
  const before = current;
  const { run } = thread;
  unpark(thread);
  thread.run = null;
  thread.below = before; //: Blocking
  current = thread;
  return after(run(), () => {
    current = before;
    const next = successor; //: Switching
    successor = null; //: Switching
    if (next) return resume(next); //: Switching
    return undefined;
  });
};

const runnable = () => queue.find((thread) => thread.ready());

/** After a trap nothing runs any more. */
const die = (error) => {
  failure ??= error;
  for (const reject of calls) reject(error);
  calls.clear();
  for (const go of turns.splice(0)) go();
};

const wake = () => {
  if (ticking || busy || failure || !(queue.length || calls.size)) return;
  ticking = true;
  queueMicrotask(tick);
};

/** Runs what is ready, what waits longest first, and lets the host have its turn. */
const tick = async () => {
  ticking = false;
  if (busy || failure) return;
  busy = true;
  try {
    let count = 0;
    for (let thread; count < 1000 && !turns.length && (thread = runnable()); count += 1) {
      const more = resume(thread);
      if (more) await more;
      settle();
    }
    leave(() => {
      if (runnable()) setTimeout(wake);
      else if (calls.size && !outstanding) setTimeout(stuck);
    });
  } catch (error) {
    die(error);
  }
};

/** A slice has come to its end. */
const leave = (idle) => {
  busy = false;
  settle();
  if (turns.length) turns.shift()();
  else idle();
};

/** Calls that only another call could end are told so; the instance lives on. */
const stuck = () => {
  if (busy || ticking || outstanding || failure || runnable()) return;
  const error = new WebAssembly.RuntimeError('deadlock detected: event loop cannot make further progress');
  for (const reject of calls) reject(error);
  calls.clear();
};

/** Answers to the host, given when the slice is over: a trap in it comes first. */
const answers = [];

const settle = () => {
  for (const give of answers.splice(0)) give();
};
