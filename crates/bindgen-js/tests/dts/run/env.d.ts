// What the programs use of Node.
declare module 'node:fs' {
  export function readFileSync(path: string): Uint8Array;
}
declare module 'node:fs/promises' {
  export function readFile(path: string): Promise<Uint8Array>;
}
declare const console: { log(text: string): void };
declare namespace WebAssembly {
  interface Module {}
  const Module: { new (bytes: Uint8Array): Module };
  function compile(bytes: Uint8Array): Promise<Module>;
}
