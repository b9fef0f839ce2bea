/** What takes back the arguments lowered so far, while some are lowered. */
export let journal;

/** Lowers all arguments of a call, or none. What a getter of an argument calls has a journal of its own. */
export const attempt = (lower) => {
  const before = journal;
  const own = (journal = []);
  try {
    return lower();
  } catch (error) {
    for (const undo of own.reverse()) undo();
    throw error;
  } finally {
    journal = before;
  }
};
