// The host of both programs in Go: what they import.
const pause = (milliseconds) => new Promise((go) => setTimeout(go, milliseconds));

export const say = (level, text) => void globalThis.said.push(`${level} ${text}`);

export class Sink {
  lines = [];

  constructor(name) {
    this.name = name;
  }

  write(line) {
    if (line === 'full') throw `${this.name} is full`;
    return this.lines.push(line);
  }

  static fork(of) {
    const sink = new Sink(`${of.name}+`);
    sink.lines = of.lines;
    return sink;
  }
}

/** How many streams somebody may still read. */
export const hosted = { open: 0 };

export const fetch = async (name, milliseconds) => {
  await pause(milliseconds);
  if (name === 'none') throw 'none is not there';
  return `got ${name}`;
};

export const lines = async (count) => {
  hosted.open++;
  const made = async function* () {
    try {
      for (let at = 0; at < count; at++) {
        await pause(1);
        yield `line ${at}`;
      }
    } finally {
      hosted.open--;
    }
  };
  return made();
};

export const later = async () => pause(3).then(() => 7);
