/** What was lent to a call that has come to its end. */
export const giveBack = (lent, count) => {
  while (lent.length > count) lent.pop().lends--;
};
