/** A handle that is lent for the call that is being made, and one that the task that begins is lent. */
const lend = (handles, index, type) => {
  const entry = handles.get(index, type);
  entry.lends += 1;
  lender.push(entry);
  return entry.value;
};

const borrow = (handles, type, value) => {
  const index = handles.add(type, value, false);
  handles.entries[index].task = borrower;
  borrower.borrows += 1;
  return index;
};
