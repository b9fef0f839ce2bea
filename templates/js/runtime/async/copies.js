/** Offers a buffer to the other end. */
const copy = (end, buffer) => {
  const { other } = end;
  end.state = COPYING;
  if (!other) return;
  const theirs = other.buffer;
  if (!theirs) {
    end.buffer = buffer;
    other.pull?.();
  } else if (buffer.remain() > 0 && theirs.remain() > 0) {
    if (end.part && end.part === other.part && !end.element.numeric) {
      trap('cannot read from and write to intra-component future/stream with non-numeric payload');
    }
    const count = Math.min(buffer.remain(), theirs.remain());
    if (isReader(end)) move(theirs, buffer, count);
    else move(buffer, theirs, count);
    notify(end, buffer.progress);
    notify(other, theirs.progress);
    if (!theirs.remain()) other.buffer = null;
  } else if (buffer.remain() > 0 || (isReader(end) && !theirs.remain())) {
    notify(other, 0);
    other.buffer = null;
    end.buffer = buffer;
  } else {
    notify(end, 0);
  }
};

const move = (source, target, count) => {
  target.write(source.read(count, target.isHost), source.isHost);
  source.progress += count;
  target.progress += count;
};

/** A part of a memory: `codec` says how elements stand in it. */
const bufferOf = (codec, ptr, length) => {
  ptr >>>= 0;
  length >>>= 0;
  const { size, align, array, memory, load, store, give = load, accept = store } = codec;
  if (length > 0xfffffff) trap('stream read/write count too large');
  if (size && length) {
    if (ptr & (align - 1)) trap('unaligned pointer');
    if (ptr + length * size > memory().buffer.byteLength) trap('pointer out of bounds of memory');
  }
  const at = (index) => ptr + (buffer.progress + index) * size;
  const buffer = {
    progress: 0,
    remain: () => length - buffer.progress,
    read(count, toHost) {
      if (!size) return new Array(count).fill(undefined);
      if (array) return new array(memory().buffer, at(0), count);
      return Array.from({ length: count }, (_, index) => (toHost ? give : load)(at(index)));
    },
    write(values, fromHost) {
      if (array) new array(memory().buffer, at(0), values.length).set(values);
      else if (size) values.forEach((value, index) => (fromHost ? accept : store)(value, at(index)));
    },
  };
  return buffer;
};

/** Starts to read or write: the result, or that it has to wait. */
const transfer = (part, kind, codec, index, ptr, length) => {
  const end = find(part.handles, index, kind, codec.element);
  if (end.state === DONE) trap(`cannot ${isReader(end) ? 'read from' : 'write to'} ${noun(end)} ${dropped(end)}`);
  if (end.state !== IDLE) trap('cannot have concurrent operations active on a future/stream');
  return { end, go: () => copy(end, bufferOf(codec, ptr, length)) };
};
