// What is known of Go files without reading them again, by what the file system says of them, as git does it.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { type SourceFile, sourceFile, surfaceOf } from '../../analysis/index.ts';
import { maxFileSize } from '../../analysis/node/files.ts';

/** What the findings of packages depend on. */
export interface FileFacts {
  /** A digest of the bytes. */
  readonly content: string;
  /** A digest of what other packages can see. */
  readonly surface: string;
  readonly imports: readonly string[];
}

/** The facts of a file, and how it looked to the file system when they were found. */
export interface IndexEntry {
  /** Size, times of modification and change in nanoseconds, and inode. */
  readonly stamp: string;
  readonly facts: FileFacts;
}

export interface FileIndex {
  /** Undefined if the file cannot be read. */
  factsOf(path: string): FileFacts | undefined;
  /** The names of the Go files in a folder, sorted; none if it cannot be read. */
  namesIn(directory: string): readonly string[];
  /** Whether everything that was asked for is still as it was said to be. */
  isCurrent(): boolean;
  /** What is worth keeping of what was asked for. */
  entries(): Readonly<Record<string, IndexEntry>>;
}

/** The stamp of a file that has to be read again next time. */
const none = '';

/**
 * A file that was changed so shortly before it was read can be changed again without looking any different: the clocks of
 * file systems are coarse. In milliseconds.
 */
const unsettled = 3_000;

/** An index that starts with what an earlier run has kept. What it says of a file holds for one run. */
export function fileIndex(kept: Readonly<Record<string, IndexEntry>>): FileIndex {
  const asked = new Map<string, IndexEntry | undefined>();
  const names = new Map<string, readonly string[]>();
  return {
    factsOf(path) {
      if (!asked.has(path)) asked.set(path, entryOf(path, kept[path]));
      return asked.get(path)?.facts;
    },
    namesIn(directory) {
      let known = names.get(directory);
      if (!known) {
        known = goFilesIn(directory);
        names.set(directory, known);
      }
      return known;
    },
    isCurrent: () =>
      [...asked].every(([path, entry]) => entryOf(path, entry)?.facts.content === entry?.facts.content) &&
      [...names].every(([directory, known]) => goFilesIn(directory).join('/') === known.join('/')),
    entries: () =>
      Object.fromEntries(
        [...asked].flatMap(([path, entry]) => (entry && entry.stamp !== none ? [[path, entry]] : [])),
      ),
  };
}

function entryOf(path: string, kept: IndexEntry | undefined): IndexEntry | undefined {
  try {
    const status = statSync(path, { bigint: true });
    const stamp = [status.size, status.mtimeNs, status.ctimeNs, status.ino].join(' ');
    if (kept?.stamp === stamp) return kept;
    const changed = Number((status.mtimeNs > status.ctimeNs ? status.mtimeNs : status.ctimeNs) / 1_000_000n);
    const facts = status.size > maxFileSize ? tooLarge(status.size) : read(path);
    return { stamp: Date.now() - changed > unsettled ? stamp : none, facts };
  } catch {
    return undefined;
  }
}

function tooLarge(size: bigint): FileFacts {
  const content = `of ${size} bytes`;
  return { content, surface: content, imports: [] };
}

function read(path: string): FileFacts {
  const bytes = readFileSync(path);
  const file = sourceFile(path, bytes.toString('utf8'));
  return { content: digestOf(bytes), surface: digestOf(visiblePart(file)), imports: importsIn(file) };
}

/** All that other packages can see of a file, build constraints and package clause among it. */
function visiblePart({ text, starts, declarations }: SourceFile): string {
  const head = text.slice(0, starts[0] ?? text.length);
  return [head, ...declarations.map(surfaceOf)].join('\n');
}

/** Import paths, and perhaps other strings that stand in an import declaration. */
function importsIn({ declarations }: SourceFile): readonly string[] {
  const texts = declarations.filter(({ kind }) => kind === 'import').map(({ text }) => text);
  return texts.flatMap((text) => [...text.matchAll(/"([^"\n]+)"|`([^`]+)`/g)].map((m) => m[1] ?? m[2] ?? ''));
}

function goFilesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.go'))
      .sort();
  } catch {
    return [];
  }
}

/** A digest that two different texts do not share. */
export function digestOf(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('base64url');
}
