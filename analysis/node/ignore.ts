// The sole owner of `ignore`, which knows the patterns of .gitignore.

import ignore from 'ignore';

/** `in`: a pattern matches. `out`: a later `!pattern` does. `unsaid`: none does. */
export type Verdict = 'in' | 'out' | 'unsaid';

/** Judges a path with `/` separators, relative to the folder of the patterns; no folder above it may be `in`. */
export type Patterns = (path: string, isDirectory: boolean) => Verdict;

/** Reads patterns in the syntax of .gitignore; undefined if there is none that could ever match a folder or a Go file. */
export function patternsOf(text: string): Patterns | undefined {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (lines.length === 0) return undefined;
  const forDirectories = ignore({ ignorecase: false }).add(lines);
  const forGoFiles = ignore({ ignorecase: false }).add(lines.filter(canMatchGoFile));
  return (path, isDirectory) => {
    const { ignored, unignored } = isDirectory ? forDirectories.test(`${path}/`) : forGoFiles.test(path);
    return ignored ? 'in' : unignored ? 'out' : 'unsaid';
  };
}

/**
 * A pattern that ends in a literal other than the `o` of `.go` matches no Go file; there are many such, and many files.
 * Exceptions stay: they can undo what a pattern says of a folder above the file.
 */
function canMatchGoFile(line: string): boolean {
  return line.startsWith('!') || /[*?\]\so]$/.test(line);
}
