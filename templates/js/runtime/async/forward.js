/** Hands what is read on to who reads from `to`. */
const forward = (part, kind, element, from, to) => {
  const ends = [[from, kind], [to, kind + 1]].map(([index, kind]) => {
    const end = find(part.handles, index, kind, element);
    if (end.state === DONE) trap(`cannot forward ${noun(end)} ${dropped(end)}`);
    if (end.state !== IDLE) trap(`cannot forward busy ${noun(end)}`);
    if (end.set) trap(`cannot forward ${noun(end)} while it's in a waitable set`);
    take(part.handles, index);
    return end;
  });
  const [source, target] = ends;
  const [writer, reader] = [source.other, target.other];
  if (writer === target || !writer || !reader) return ends.forEach(dropIt);
  writer.other = reader;
  reader.other = writer;
  if (!writer.buffer || !reader.buffer) return reader.buffer && writer.pull?.();
  const small = reader.buffer.remain() > writer.buffer.remain() ? writer : reader;
  const { buffer } = small;
  small.buffer = null;
  return copy(small, buffer);
};
