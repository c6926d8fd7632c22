// Which declarations of a package mention a word: the text test that comes before any parsing.

import { type Declaration, type SourceFile, surfaceOf } from '../syntax/source-file.ts';
import type { GoPackage } from './package.ts';
import { mentionsWord, readWord } from './reads.ts';

/** A function, method or variable declaration and its file. */
export interface Mention {
  readonly file: SourceFile;
  readonly declaration: Declaration;
}

const known = new WeakMap<SourceFile, Map<string, readonly Mention[]>>();

/** The functions, methods and variables whose text has the word as such; what is no single word, as a part. */
export function mentionsIn(pkg: GoPackage, word: string): readonly Mention[] {
  readWord(word);
  return pkg.files.flatMap((file) => mentionsInFile(file, word));
}

/** Likewise in the files that the build target leaves out. */
export function mentionsLeftOut(pkg: GoPackage, word: string): readonly Mention[] {
  readWord(word);
  return pkg.leftOut.flatMap((file) => mentionsInFile(file, word));
}

function mentionsInFile(file: SourceFile, word: string): readonly Mention[] {
  const ofFile = known.get(file) ?? new Map<string, readonly Mention[]>();
  known.set(file, ofFile);
  let found = ofFile.get(word);
  if (!found) {
    found = file.text.includes(word)
      ? file.declarations
          .filter((declaration) => mentionsWord(declaration, word))
          .map((declaration) => ({ file, declaration }))
      : [];
    ofFile.set(word, found);
  }
  return found;
}

const headers = new WeakMap<object, Map<string, ReadonlySet<string>>>();

/**
 * The names of functions and methods of the package whose header has the text, and of whatever has parameters in a
 * type declaration that has it: methods of interfaces, fields that are functions. Found once for each surface.
 */
export function declaredWith({ files, surface }: GoPackage, text: string): ReadonlySet<string> {
  const ofSurface = headers.get(surface) ?? new Map<string, ReadonlySet<string>>();
  headers.set(surface, ofSurface);
  let names = ofSurface.get(text);
  if (!names) {
    const declared = files
      .flatMap((file) => file.declarations)
      .filter(({ kind }) => kind === 'func' || kind === 'type')
      .map(surfaceOf)
      .filter((header) => header.includes(text));
    names = new Set(declared.flatMap((header) => [...header.matchAll(named)].map((match) => match[1] ?? '')));
    ofSurface.set(text, names);
  }
  return names;
}

/** A name before its parameters, with type parameters between them or not. */
const named = /(\w+)(?:\[[^\]\n]*\])?\(/g;
