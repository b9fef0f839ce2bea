/**
 * A call from the host of a function of a synchronous type: its value; or a promise, if a thread has to wait for it, or
 * if another slice has to come to its end first.
 */
const callSync = (lift, values, open = (value) => value) => {
  if (failure) trap('cannot enter component instance', { cause: failure });
  if (busy && !hosting) {
    return new Promise((resolve, reject) => {
      turns.push(() => {
        try {
          resolve(callSync(lift, values, open));
        } catch (error) {
          reject(error);
        }
      });
    });
  }
  const outer = busy;
  let result;
  let refusal;
  const end = () => {
    if (outer) busy = outer;
    else leave(wake);
    if (refusal) throw refusal;
    return open(result);
  };
  busy = true;
  const fail = (error) => {
    die(error);
    throw error;
  };
  let more;
  try {
    ({ more } = call(lift, () => values, (value) => {
      result = value;
    }, (error) => {
      refusal = error;
    }));
  } catch (error) {
    fail(error);
  }
  return more ? more.then(end, fail) : end();
};
