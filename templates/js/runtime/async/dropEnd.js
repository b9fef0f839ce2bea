const dropEnd = (part, kind, element, index) => {
  const end = find(part.handles, index, kind, element);
  if (end.state === COPYING || end.state === STOPPING) {
    trap(`cannot ${isReader(end) ? 'remove' : 'drop'} busy ${noun(end)}`);
  }
  if (kind === FUTURE_READ + 1 && end.state !== DONE) {
    trap('cannot drop future write end without first writing a value');
  }
  take(part.handles, index);
  dropIt(end);
};

const dropIt = (end) => {
  const { other } = end;
  if (other) {
    end.other = null;
    other.other = null;
    if (other.state !== DONE && !other.event) notify(other, 0);
    other.drop?.();
  }
  join(end, null);
};
