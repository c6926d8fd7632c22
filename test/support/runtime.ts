import type { StandardLibrary } from '../../analysis/library/library.ts';
import { loadRuntime } from '../../analysis/node/runtime.ts';

let loaded: Promise<StandardLibrary> | undefined;

/** Loads the parser and the standard-library table, once for all tests of a process. */
export function library(): Promise<StandardLibrary> {
  loaded ??= loadRuntime();
  return loaded;
}
