// What a program sees of its surroundings. Call these functions before the component's module is loaded.

/** The environment, `{ NAME: 'value' }`; that of the process where nothing is said. */
export function _setEnv(env: Record<string, string>): void;

/** The arguments; the program's name comes first. */
export function _setArgs(args: readonly string[]): void;

/** The folder that the program is told it was started in. */
export function _setCwd(folder: string): void;

/** What standard input is read from. */
export interface InputHandler {
  /** At most so many bytes; none, or a thrown `{ tag: 'closed' }`, is the end. */
  blockingRead(length: bigint): Uint8Array;
}

/** What standard output and standard error are written to. */
export interface OutputHandler {
  /** Takes all of the bytes. */
  write(bytes: Uint8Array): void;
  blockingFlush?(): void;
  flush?(): void;
}

export function _setStdin(handler: InputHandler): void;
export function _setStdout(handler: OutputHandler): void;
export function _setStderr(handler: OutputHandler): void;

/** What ends a program that exits where there is no process to end, as on a page. */
export interface ComponentExit extends Error {
  readonly exitError: true;
  /** The program's status. */
  readonly code: number;
}
