/** A stream that a component writes: an async iterable of its elements. */
class Stream {
  #end;
  #rest = [];
  #at = 0;
  #last = Promise.resolve();

  constructor(end) {
    this.#end = end;
    outstanding += 1;
  }

  /** The next elements, `count` at most; none when the stream has ended. */
  read(count = 1) {
    const end = this.#end;
    this.#last = this.#last.then(async () => {
      if (!this.#end) return [];
      const values = await request(end, count);
      if (end.state === DONE) this.#close();
      return values;
    });
    return this.#last;
  }

  async next() {
    if (this.#at >= this.#rest.length) {
      this.#rest = await this.read(this.#end?.element.numeric ? 65536 : 1);
      this.#at = 0;
    }
    if (!this.#rest.length) return { done: true, value: undefined };
    this.#at += 1;
    return { done: false, value: this.#rest[this.#at - 1] };
  }

  /** Reads no more. */
  async return(value) {
    this.cancel();
    return { done: true, value };
  }

  cancel() {
    const end = this.#close();
    if (end?.state === COPYING) {
      end.state = STOPPING;
      notify(end, 0);
    }
    if (end) dropIt(end);
    wake();
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  #close() {
    const end = this.#end;
    if (end) outstanding -= 1;
    this.#end = null;
    return end;
  }

  /** The end, for another part. */
  static release(stream, element) {
    const end = stream.#end;
    if (end?.element !== element || end.state !== IDLE) throw new TypeError('the stream cannot be passed on');
    return stream.#close();
  }
}

const liftStream = (part, element, index) => new Stream(liftEnd(part, STREAM_READ, element, index));

/** Gives a part a stream: one of a component, or what the host can iterate over. */
const lowerStream = (part, element, value) => {
  if (value instanceof Stream) return lowerEnd(part, Stream.release(value, element));
  // An array is given at once, unless it has the parts of a stream.
  const isWhole = Array.isArray(value)
    ? !(element.numeric && value.some(ArrayBuffer.isView))
    : element.numeric && ArrayBuffer.isView(value);
  const from = isWhole ? [value] : value;
  const source = from?.getReader?.() ?? from?.[Symbol.asyncIterator]?.() ?? from?.[Symbol.iterator]?.();
  if (!source) throw new TypeError('expected a stream, which is a `ReadableStream` or an (async) iterable');
  const [reader, writer] = newPair(null, STREAM_READ, element);
  let busy = false;
  writer.pull = () => {
    if (busy) return;
    busy = true;
    outstanding += 1;
    Promise.resolve(source.read ? source.read() : source.next()).then(({ done, value }) => {
      outstanding -= 1;
      busy = false;
      if (done) dropIt(writer);
      else if (writer.other) offer(writer, isWhole || (element.numeric && ArrayBuffer.isView(value)) ? value : [value]);
      wake();
    }).catch(die);
  };
  writer.drop = () => (source.read ? source.cancel?.() : source.return?.());
  return lowerEnd(part, reader);
};
