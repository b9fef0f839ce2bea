/** Reads or writes, and waits until that is done. */
const transferNow = (part, kind, codec, index, ptr, length = 1) => {
  const { end, go } = transfer(part, kind, codec, index, ptr, length);
  if (end.set) trap('waitable cannot be used synchronously while added to a waitable set');
  go();
  if (end.event) return eventOf(end)[2];
  end.waited = true;
  return wait(() => end.event, () => {
    end.waited = false;
    return eventOf(end)[2];
  });
};
