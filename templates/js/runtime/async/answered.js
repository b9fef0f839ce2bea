/** What a function of the host returned or threw, as a result. */
const answered = (work) => (...args) => {
  const fail = (error) => ({ tag: 'err', val: payloadOf(error) });
  const give = (val) => ({ tag: 'ok', val });
  try {
    const value = work(...args);
    return value instanceof Promise ? value.then(give, fail) : give(value);
  } catch (error) {
    return fail(error);
  }
};
