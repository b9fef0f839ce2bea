// The folders that a program sees. Call `_setPreopens` before the component's module is loaded.

/** Files by name: text, bytes, or a folder. */
export interface Files {
  readonly [name: string]: string | Uint8Array | Files;
}

/** What a folder in memory holds: bytes, or a folder. */
export interface Found {
  [name: string]: Uint8Array | Found;
}

/** A folder in memory. */
export class Memory {
  #private;
  /** `limit`: how many bytes a program may add. */
  constructor(files?: Files, options?: { limit?: number });
  /** All that is in it now; links are left out. */
  files(): Found;
}

/**
 * The folders, by the name that the program has for them: a folder of the machine by its path, a `Memory`, or what a
 * `Memory` is made of.
 */
export function _setPreopens(folders: Record<string, string | Memory | Files>): void;
