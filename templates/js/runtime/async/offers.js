/** What the host writes into a stream or future: all of it, in as many reads as that takes. */
const offer = (writer, values) => {
  const buffer = {
    isHost: true,
    progress: 0,
    remain: () => values.length - buffer.progress,
    read: (count) => values.slice(buffer.progress, buffer.progress + count),
  };
  const again = () => {
    eventOf(writer);
    if (writer.other && buffer.remain()) copy(writer, buffer);
  };
  writer.told = null;
  copy(writer, buffer);
  if (writer.event) again();
  writer.told = again;
};

/** What the host reads: the values of one transfer, none at the end. */
const request = (reader, count) => new Promise((resolve) => {
  let values = [];
  const buffer = {
    isHost: true,
    progress: 0,
    remain: () => count - buffer.progress,
    write: (some) => {
      values = some.slice();
    },
  };
  reader.told = () => {
    reader.told = null;
    eventOf(reader);
    resolve(values);
  };
  copy(reader, buffer);
  if (reader.event) reader.told?.();
  wake();
});
