// The functions of a package that are worth exploring: those that wait or start goroutines, and those that call a
// function that starts some, if what they wait for can be made there. Told from texts, which an edit leaves alone but
// for one.

import type { Mention } from '../model/mentions.ts';
import type { GoPackage } from '../model/package.ts';
import { importsOf } from '../syntax/imports.ts';
import { type Declaration, isTestFile, type SourceFile } from '../syntax/source-file.ts';
import { mayReach } from './reach.ts';

/** Words without one of which nothing in a function can start a goroutine or make it wait. */
const words = /\b(?:go|Go|chan|Lock|RLock|Wait|AfterFunc|Do)\b/;

/** The declarations of the package to explore, in source order. */
export function rootsOf(pkg: GoPackage): readonly Mention[] {
  const names = [...new Set(pkg.files.flatMap(startersIn))].sort();
  const mentions = mentionsOf(names);
  const candidates = pkg.files.flatMap((file) => {
    // What a test does to other code, on paths that its data excludes, says little about that code.
    if (isForTests(file)) return [];
    return file.declarations
      .filter((d) => (d.kind === 'func' || d.kind === 'var') && (hasWord(d) || mentions(d)))
      .map((declaration) => ({ file, declaration }));
  });
  if (candidates.length === 0) return [];
  const reaches = mayReach(pkg);
  return candidates.filter(({ declaration }) => reaches(declaration));
}

function isForTests(file: SourceFile): boolean {
  return isTestFile(file) || importsOf(file).some(({ path }) => /^testing$|\/ginkgo(?:\/v2)?$/.test(path));
}

const withWord = new WeakMap<Declaration, boolean>();

function hasWord(declaration: Declaration): boolean {
  let answer = withWord.get(declaration);
  if (answer === undefined) {
    answer = words.test(declaration.text);
    withWord.set(declaration, answer);
  }
  return answer;
}

const startersOfFiles = new WeakMap<SourceFile, readonly string[]>();
const starters = new WeakMap<Declaration, readonly string[]>();

/** The names of the functions of a file that start goroutines. */
function startersIn(file: SourceFile): readonly string[] {
  let names = startersOfFiles.get(file);
  if (!names) {
    names = file.declarations.flatMap(startedIn);
    startersOfFiles.set(file, names);
  }
  return names;
}

/** A `go` where a statement can begin; what looks so in a long comment is no harm. */
const statement = /(?:^|[;{}:])[ \t]*go[ \t]+[\p{L}_(]/mu;

function startedIn(declaration: Declaration): readonly string[] {
  let names = starters.get(declaration);
  if (!names) {
    names = declaration.kind === 'func' && statement.test(declaration.text) ? declaration.names : [];
    starters.set(declaration, names);
  }
  return names;
}

/** The last sets of names that were asked for, by the names. */
const matchers = new Map<string, (declaration: Declaration) => boolean>();
const mostMatchers = 64;

/** Whether a declaration mentions one of the names. */
function mentionsOf(names: readonly string[]): (declaration: Declaration) => boolean {
  if (names.length === 0) return () => false;
  const pattern = `\\b(?:${names.join('|')})\\b`;
  let matcher = matchers.get(pattern);
  if (!matcher) {
    const known = new WeakMap<Declaration, boolean>();
    const expression = new RegExp(pattern);
    matcher = (declaration) => {
      let answer = known.get(declaration);
      if (answer === undefined) {
        answer = expression.test(declaration.text);
        known.set(declaration, answer);
      }
      return answer;
    };
    if (matchers.size >= mostMatchers) matchers.delete(matchers.keys().next().value as string);
    matchers.set(pattern, matcher);
  }
  return matcher;
}
