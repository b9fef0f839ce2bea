const transferLater = (part, kind, codec, index, ptr, length = 1) => {
  const { end, go } = transfer(part, kind, codec, index, ptr, length);
  go();
  return end.event ? eventOf(end)[2] : -1;
};
