/** A value that a component gives later: can be awaited. */
class Future {
  #end;
  #promise;

  constructor(end) {
    this.#end = end;
    outstanding += 1;
  }

  then(resolve, reject) {
    this.#promise ??= this.#read();
    return this.#promise.then(resolve, reject);
  }

  async #read() {
    const end = this.#end;
    const [value] = await request(end, 1);
    Future.release(this, end.element);
    return value;
  }

  catch(reject) {
    return this.then(undefined, reject);
  }

  finally(done) {
    return this.then((value) => value).finally(done);
  }

  static release(future, element) {
    const end = future.#end;
    if (end?.element !== element) throw new TypeError('the future cannot be passed on');
    future.#end = null;
    outstanding -= 1;
    return end;
  }
}

const liftFuture = (part, element, index) => new Future(liftEnd(part, FUTURE_READ, element, index));

const lowerFuture = (part, element, value) => {
  if (value instanceof Future) return lowerEnd(part, Future.release(value, element));
  const [reader, writer] = newPair(null, FUTURE_READ, element);
  outstanding += 1;
  Promise.resolve(value).then((value) => {
    outstanding -= 1;
    if (writer.other) offer(writer, [value]);
    wake();
  }).catch(die);
  return lowerEnd(part, reader);
};
