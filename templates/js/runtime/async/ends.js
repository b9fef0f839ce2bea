/** The kinds of ends are called as their events, those of writers one more; and what goes on with an end. */
const STREAM_READ = 2;
const STREAM_WRITE = 3;
const FUTURE_READ = 4;
const IDLE = 0;
const COPYING = 1;
const STOPPING = 2;
const DONE = 3;

const isFuture = (end) => end.kind >= FUTURE_READ;
const isReader = (end) => !(end.kind & 1);
const noun = (end) => (isFuture(end) ? 'future' : 'stream');

const newEnd = (kind, element, part) =>
  ({ ...waitable(kind), element, part, state: IDLE, other: null, buffer: null, told: null, pull: null });

const newPair = (part, kind, element) => {
  const reader = newEnd(kind, element, part);
  const writer = newEnd(kind + 1, element, part);
  reader.other = writer;
  writer.other = reader;
  return [reader, writer];
};

/** The other side did something: what is told depends on how things stand when it is heard. */
const notify = (end, progress) => {
  end.event = () => {
    end.buffer = null;
    let result = 0;
    if (isFuture(end) && progress) end.state = DONE;
    else if (!end.other) {
      result = 1;
      end.state = DONE;
    } else {
      if (end.state === STOPPING) result = 2;
      end.state = IDLE;
    }
    return [end.kind, end.index, isFuture(end) ? result : result | (progress << 4)];
  };
  if (!end.part) end.told?.();
};

const newEnds = (part, kind, element) => {
  const [reader, writer] = newPair(part, kind, element);
  reader.index = put(part.handles, reader);
  writer.index = put(part.handles, writer);
  return BigInt.asIntN(64, BigInt(reader.index) | (BigInt(writer.index) << 32n));
};

const dropped = (end) => {
  if (isReader(end)) {
    return isFuture(end) ? 'after previous read succeeded' : 'after being notified that the writable end dropped';
  }
  return isFuture(end) ? 'after previous write succeeded or readable end dropped'
    : 'after being notified that the readable end dropped';
};

/** A readable end leaves the part, to be given to another or the host. */
const liftEnd = (part, kind, element, index) => {
  const end = find(part.handles, index, kind, element);
  if (end.state === DONE) trap(`cannot lift ${noun(end)} ${dropped(end)}`);
  if (end.state !== IDLE) trap(`cannot remove busy ${noun(end)}`);
  if (end.set) trap(`cannot lift ${noun(end)} while it's in a waitable set`);
  take(part.handles, index);
  end.part = null;
  return end;
};

const lowerEnd = (part, end) => {
  end.part = part;
  end.index = put(part.handles, end);
  return end.index;
};
