/** A call from the host of a function of an asynchronous type. */
const callAsync = (lift, values) => new Promise((resolve, reject) => {
  const start = () => {
    if (failure) return reject(new WebAssembly.RuntimeError('cannot enter component instance', { cause: failure }));
    calls.add(reject);
    const done = (give) => () => {
      calls.delete(reject);
      give();
    };
    busy = true;
    const end = () => leave(wake);
    try {
      const { more } = call(lift, () => values, (value) => answers.push(done(() => resolve(value))),
        (error) => {
          answers.push(done(() => reject(error)));
        });
      if (more) more.then(end, die);
      else end();
    } catch (error) {
      die(error);
    }
  };
  if (busy && !failure) turns.push(start);
  else start();
});
