// Which declarations of a package mention a word: the text test that comes before any parsing.

import type { Declaration, SourceFile } from '../syntax/source-file.ts';
import type { GoPackage } from './package.ts';

/** A function, method or variable declaration and its file. */
export interface Mention {
  readonly file: SourceFile;
  readonly declaration: Declaration;
}

const known = new WeakMap<GoPackage, Map<string, readonly Mention[]>>();

/** The functions, methods and variables whose text has the word as such; what is no single word, as a part. */
export function mentionsIn(pkg: GoPackage, words: string): readonly Mention[] {
  const ofPackage = known.get(pkg) ?? new Map<string, readonly Mention[]>();
  known.set(pkg, ofPackage);
  let found = ofPackage.get(words);
  if (!found) {
    const word = /^\w+$/.test(words) ? new RegExp(`\\b${words}\\b`) : undefined;
    const has = (text: string) => text.includes(words) && (word?.test(text) ?? true);
    found = pkg.files.flatMap((file) =>
      file.declarations
        .filter(({ kind, text }) => (kind === 'func' || kind === 'var') && has(text))
        .map((declaration) => ({ file, declaration })),
    );
    ofPackage.set(words, found);
  }
  return found;
}
