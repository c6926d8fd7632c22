// A TestMain that is there already: `m.Run()` becomes `goleashProbeLeakCheck(m)`, and that becomes `m.Run()` again. Both are
// one expression on one line, so that no other byte of the file changes and gofmt has nothing to move.

import type { SourceFile } from '../../analysis/index.ts';
import { checkFunction } from './leak-check.ts';

/** One TestMain. */
export interface TestMain {
  readonly file: SourceFile;
  /** Counts from 1. */
  readonly line: number;
  readonly checks: 'goleak' | 'probe' | 'nothing';
  /** The text of its file with the check, or why a person has to add it. */
  readonly wrapped: { readonly text: string } | { readonly reason: string };
}

/** The functions called TestMain in the test files of a folder. */
export function testMainsIn(files: readonly SourceFile[]): readonly TestMain[] {
  return files.filter(({ path }) => path.endsWith('_test.go')).flatMap(testMainIn);
}

function testMainIn(file: SourceFile): readonly TestMain[] {
  const at = file.declarations.findIndex(
    ({ kind, text }) => kind === 'func' && /^func\s+TestMain\s*\(/.test(text),
  );
  const declaration = file.declarations[at];
  if (!declaration) return [];
  const start = file.starts[at] ?? 0;
  const { text } = declaration;
  const checks = /\bgoleak\.\w/.test(text) ? 'goleak' : text.includes(checkFunction) ? 'probe' : 'nothing';
  return [{ file, line: lineAt(file.text, start), checks, wrapped: wrapped(file, start, text) }];
}

/** Wraps the only call of m.Run, where its result is used and its line has nothing that could hide it or be moved. */
function wrapped(file: SourceFile, start: number, text: string): TestMain['wrapped'] {
  const m = /^func\s+TestMain\s*\(\s*(\w+)\s+\*/.exec(text)?.[1];
  if (m === undefined) return { reason: 'its parameter has no name' };
  if (file.generated) return { reason: 'its file is generated' };
  const calls = [...text.matchAll(new RegExp(`\\b${m}\\.Run\\b`, 'g'))];
  const [call] = calls;
  if (!call || calls.length > 1) return { reason: `it does not call ${m}.Run once` };
  const others = [`\\b${m}\\s*(?:,[^=\\n]*)?:=`, `\\bvar\\s+${m}\\b`, `\\bfunc\\s*\\([^)]*\\b${m}\\b`];
  if (new RegExp(others.join('|')).test(text)) return { reason: `it declares another ${m}` };
  if (text.includes('`')) return { reason: 'it has a string of several lines' };
  const [before, after] = [lineBefore(text, call.index), lineAfter(text, call.index)];
  const isUsed =
    /(?:\(|=|\breturn)\s*$/.test(before) &&
    !/\b_\s*=\s*$/.test(before) &&
    new RegExp(`^${m}\\.Run\\(\\)`).test(after);
  if (!isUsed || /["']|\/[/*]/.test(before + after) || isInComment(file, start + call.index))
    return { reason: `the result of ${m}.Run is not used on a line of code alone` };
  const from = start + call.index;
  const to = from + `${m}.Run()`.length;
  return { text: `${file.text.slice(0, from)}${checkFunction}(${m})${file.text.slice(to)}` };
}

function isInComment({ comments }: SourceFile, at: number): boolean {
  for (let i = 0; i + 1 < comments.length; i += 2)
    if ((comments[i] as number) <= at && at < (comments[i + 1] as number)) return true;
  return false;
}

function lineBefore(text: string, at: number): string {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
}

function lineAfter(text: string, at: number): string {
  return /^[^\r\n]*/.exec(text.slice(at))?.[0] ?? '';
}

/** A file without the check. */
export interface Unwrapped {
  readonly text: string;
  /** The lines of what was taken out, from 1. */
  readonly lines: readonly number[];
  /** The lines that name the check in another way, which only a person can change. */
  readonly others: readonly number[];
}

/** Takes the check out of the text of a file. */
export function unwrapped(text: string): Unwrapped {
  const call = new RegExp(`\\b${checkFunction}\\((\\w+)\\)`, 'g');
  const rest = text.replace(call, (found) => ' '.repeat(found.length));
  return {
    text: text.replace(call, (_, m: string) => `${m}.Run()`),
    lines: [...text.matchAll(call)].map(({ index }) => lineAt(text, index)),
    others: [...rest.matchAll(new RegExp(checkFunction, 'g'))].map(({ index }) => lineAt(text, index)),
  };
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
