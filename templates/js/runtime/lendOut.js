/** What a handle stands for, which stays until `giveBack`. */
export const lendOut = (handles, index, type) => {
  const entry = handles.get(index, type);
  entry.lends++;
  handles.lent.push(entry);
  return entry.value;
};
