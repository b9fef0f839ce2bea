/** Tables of a part: indices count from 1, the last one freed is the next one given. */
const put = (table, entry) => {
  const index = table.free.pop() ?? table.entries.length;
  table.entries[index] = entry;
  return index;
};

const take = (table, index) => {
  table.entries[index >>> 0] = undefined;
  table.free.push(index >>> 0);
};

const find = (table, index, kind, element) => {
  const entry = table.entries[index >>> 0] ?? trap(`unknown handle index ${index >>> 0}`);
  if (kind === undefined ? !entry.kind : entry.kind !== kind || entry.element !== element) {
    trap(`handle index ${index >>> 0} used with the wrong type`);
  }
  return entry;
};
