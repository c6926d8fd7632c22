// What analysis needs from the disk before it can start.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { libraryOf, type StandardLibrary } from '../library/library.ts';
import { loadParser } from '../syntax/parser.ts';
import { reasonOf } from './reason.ts';

// In the bundle the files lie beside it; unbuilt, where they come from.
const unbuilt = new URL(import.meta.url).pathname.endsWith('.ts');
const files = {
  engine: unbuilt ? '../../node_modules/web-tree-sitter/web-tree-sitter.wasm' : './web-tree-sitter.wasm',
  grammar: unbuilt ? '../../node_modules/tree-sitter-go/tree-sitter-go.wasm' : './tree-sitter-go.wasm',
  library: unbuilt ? '../library/std.txt' : './std.txt',
};

/**
 * Loads the parser and the standard-library table; to be awaited once, before anything is analysed.
 * Rejects with an error that names the file and the remedy if one is missing or damaged.
 */
export async function loadRuntime(): Promise<StandardLibrary> {
  const [engine, grammar, library] = await Promise.all([
    read(files.engine),
    read(files.grammar),
    read(files.library),
  ]);
  try {
    await loadParser({ engine, grammar });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`the parser does not start: ${message}. ${remedy}`, { cause: error });
  }
  return libraryOf(library.toString('utf8'));
}

const remedy = unbuilt
  ? 'Run `npm ci` in the repository.'
  : 'The installation of goleash is incomplete or damaged: install it again.';

async function read(file: string): Promise<Buffer> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  try {
    return await readFile(path);
  } catch (error) {
    throw new Error(`${path}: ${reasonOf(error)}. ${remedy}`, { cause: error });
  }
}
