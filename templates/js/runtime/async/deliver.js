const deliver = (memory, ptr, [event, first, second]) => {
  const view = new DataView(memory.buffer);
  ptr >>>= 0;
  if (ptr & 3) trap('unaligned pointer');
  if (ptr + 8 > view.byteLength) trap('pointer out of bounds of memory');
  view.setInt32(ptr, first, true);
  view.setInt32(ptr + 4, second, true);
  return event;
};
