// The patched files as the go command takes them: copies in the private folder, and a map that puts them in the place
// of the files on disk.

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

export interface Overlay {
  /** For the command line; empty if nothing is different from what is on disk. */
  readonly flags: readonly string[];
  /** The path of the file on disk for each copy. */
  readonly originals: ReadonlyMap<string, string>;
}

export interface OverlayWriter {
  /** An overlay with these texts, by absolute path. */
  overlay(texts: ReadonlyMap<string, string>): Overlay;
}

/**
 * `work` is the path of the go.work file if there is one: the go command may write go.work.sum beside it, which an
 * overlay prevents.
 */
export function overlayWriter(folder: string, work: string | undefined): OverlayWriter {
  return {
    overlay: (texts) => {
      const directory = mkdtempSync(join(folder, 'overlay-'));
      const replace: Record<string, string> = {};
      const originals = new Map<string, string>();
      const sums = work === undefined ? [] : [sumOf(`${work}.sum`)];
      for (const [path, text] of [...sums, ...texts]) {
        if (!path.endsWith('.sum') && onDisk(path) === text) continue;
        // Each has a folder of its own, as a message may name a copy by its folder and its name.
        const copy = join(directory, String(originals.size), basename(path));
        mkdirSync(join(directory, String(originals.size)));
        writeFileSync(copy, text);
        replace[path] = copy;
        originals.set(copy, path);
      }
      if (originals.size === 0) return { flags: [], originals };
      const map = join(directory, 'overlay.json');
      writeFileSync(map, JSON.stringify({ Replace: replace }));
      return { flags: ['-overlay', map], originals };
    },
  };
}

function sumOf(path: string): readonly [string, string] {
  return [path, onDisk(path) ?? ''];
}

function onDisk(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Whether a path is that of a copy, of this overlay or of any before it: go vet repeats what it has said then. */
export function isCopy(path: string): boolean {
  return /[\\/]goleash-\w+[\\/]overlay-\w+[\\/]\d+[\\/][^\\/]+$/.test(path);
}

/** What the go command has said in a folder, with the paths of the files on disk for those of their copies. */
export function withOriginals(text: string, { originals }: Overlay, folder: string): string {
  let result = text;
  for (const [copy, original] of originals) {
    for (const name of [copy, relative(folder, copy)]) result = result.replaceAll(name, () => original);
  }
  return result;
}
