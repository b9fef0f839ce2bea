const pollSet = (part, memory, index, ptr) => {
  const set = find(part.handles, index, SET);
  return deliver(memory, ptr, hasEvent(set) ? takeEvent(set) : [0, 0, 0]);
};
