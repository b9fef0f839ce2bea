const waitSet = (part, memory, index, ptr) => {
  const set = find(part.handles, index, SET);
  set.waiting += 1;
  return wait(() => hasEvent(set), () => {
    set.waiting -= 1;
    return deliver(memory, ptr, takeEvent(set));
  });
};
