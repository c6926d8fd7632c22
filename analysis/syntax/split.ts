// Cuts a Go file into its top-level declarations without parsing it. One pass over the characters that knows
// comments, strings and brackets is enough, is many times faster than a parse, and is where both hosts start:
// a declaration is the unit that is parsed, memoised and analysed, on the command line and while typing alike.

export type DeclarationKind = 'package' | 'import' | 'func' | 'type' | 'var' | 'const';

/** One top-level declaration, by UTF-16 offsets into the file. */
export interface Piece {
  readonly kind: DeclarationKind;
  readonly start: number;
  readonly end: number;
  /** Offset of the `{` of a function's body, or -1. */
  readonly body: number;
  /** Declared names; for a group possibly too many (a continuation line), never too few. */
  readonly names: readonly string[];
}

/** What `split` finds. `comments` are pairs of start and end offsets in order. */
export interface Split {
  readonly pieces: readonly Piece[];
  readonly comments: readonly number[];
}

const keyword = /(?:package|import|func|type|var|const)(?![\p{L}\p{N}_])/uy;
const nameList = /[\p{L}_][\p{L}\p{N}_]*(?:[ \t]*,\s*[\p{L}_][\p{L}\p{N}_]*)*/uy;
const functionName = /^func\s*(?:\([^)]*\)\s*)?([\p{L}_][\p{L}\p{N}_]*)/u;
const declarationLine = /(?:func[ \t]+[\p{L}_(]|(?:type|var|const)[ \t]+[\p{L}_(]|import[ \t]+["(])/uy;

const tab = 9;
const newline = 10;
const carriageReturn = 13;
const space = 32;
const doubleQuote = 34;
const singleQuote = 39;
const openParen = 40;
const closeParen = 41;
const star = 42;
const slash = 47;
const semicolon = 59;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const backtick = 96;
const openBrace = 123;
const closeBrace = 125;

/** After this many declarations without an end, no scan runs past the next declaration line: input stays linear. */
const patience = 8;

/**
 * Splits a file. Text that is not a declaration is skipped. A declaration whose brackets do not close, as while
 * typing, ends before the next line that has a declaration keyword in its first column.
 */
export function split(text: string): Split {
  const comments: number[] = [];
  const pieces: Piece[] = [];
  let unfinished = 0;
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (;;) {
    at = skipBlank(text, at, comments);
    if (at >= text.length) return { pieces, comments };
    keyword.lastIndex = at;
    const found = keyword.exec(text);
    if (!found) {
      at = endOfLine(text, at, comments);
      continue;
    }
    const kind = found[0] as DeclarationKind;
    const scan = scanDeclaration(text, at, kind, comments, unfinished >= patience);
    if (!scan.finished) unfinished++;
    pieces.push({ kind, start: at, end: scan.end, body: scan.body, names: namesOf(text, at, kind, scan) });
    at = scan.end;
  }
}

interface Scan {
  readonly end: number;
  readonly body: number;
  readonly groupNames: readonly string[];
  readonly finished: boolean;
}

/** Scans one declaration to the newline or semicolon that ends it by Go's rule of automatic semicolons. */
function scanDeclaration(
  text: string,
  start: number,
  kind: DeclarationKind,
  comments: number[],
  eager: boolean,
): Scan {
  const length = text.length;
  const mayGroup = kind !== 'func' && kind !== 'package';
  let isGroup = false;
  const groupNames: string[] = [];
  let depth = 0;
  let body = -1;
  /** The last character that is not blank or comment, and where it ends. */
  let last = 0;
  let codeEnd = start;
  let atSpec = false;
  let resume = -1;
  let at = start;
  scan: while (at < length) {
    const c = text.charCodeAt(at);
    switch (c) {
      case space:
      case tab:
      case carriageReturn:
        at++;
        continue;
      case newline:
        if (depth === 0 && endsStatement(last)) break scan;
        at++;
        if (depth > 0 && resume < 0 && startsDeclaration(text, at)) {
          resume = at;
          if (eager) break scan;
        }
        if (depth === 1 && endsStatement(last)) atSpec = isGroup;
        continue;
      case semicolon:
        if (depth === 0) break scan;
        if (depth === 1) atSpec = isGroup;
        break;
      case slash: {
        const end = commentEnd(text, at);
        if (end < 0) break;
        comments.push(at, end);
        at = end;
        continue;
      }
      case doubleQuote:
      case singleQuote:
        at = quotedEnd(text, at, c);
        last = c;
        codeEnd = at;
        continue;
      case backtick: {
        const end = text.indexOf('`', at + 1);
        // Read on inside an unclosed one, to find where the next declaration starts.
        at = end < 0 ? at + 1 : end + 1;
        if (end < 0) depth++;
        last = c;
        codeEnd = at;
        continue;
      }
      case openBrace:
        if (
          depth === 0 &&
          kind === 'func' &&
          body < 0 &&
          !/(?:struct|interface)\s*$/.test(text.slice(Math.max(start, at - 24), at))
        )
          body = at;
        depth++;
        break;
      case openParen:
        depth++;
        if (depth === 1 && !isGroup) atSpec = isGroup = mayGroup && groupOpens(text, start, at);
        break;
      case openBracket:
        depth++;
        break;
      case closeBrace:
      case closeParen:
      case closeBracket:
        if (depth === 0) break scan;
        depth--;
        if (depth === 0 && c === closeBrace && body >= 0) {
          codeEnd = at + 1;
          break scan;
        }
        break;
      default:
        if (atSpec) {
          atSpec = false;
          nameList.lastIndex = at;
          const names = nameList.exec(text);
          if (names) groupNames.push(...names[0].split(/\s*,\s*/));
        }
    }
    last = c;
    at++;
    codeEnd = at;
  }
  const finished = depth === 0;
  const end = finished || resume < 0 ? codeEnd : resume;
  // Comments behind the end are found again by whoever goes on from there.
  while ((comments.at(-2) ?? -1) >= end) comments.length -= 2;
  return { end, body: body < end ? body : -1, groupNames, finished };
}

function namesOf(text: string, start: number, kind: DeclarationKind, scan: Scan): readonly string[] {
  if (kind === 'func') {
    const name = functionName.exec(text.slice(start, scan.body < 0 ? scan.end : scan.body))?.[1];
    return name ? [name] : [];
  }
  if (scan.groupNames.length > 0) return scan.groupNames;
  nameList.lastIndex = skipBlank(text, start + kind.length, []);
  return nameList.exec(text)?.[0].split(/\s*,\s*/) ?? [];
}

/** Whether the `(` at `at` opens the group of the declaration that starts at `start`. */
function groupOpens(text: string, start: number, at: number): boolean {
  return /^[a-z]+\s*$/.test(text.slice(start, at));
}

/** Go inserts a semicolon at a newline after an operand; `last` is the last significant character. */
function endsStatement(last: number): boolean {
  return (
    (last >= 97 && last <= 122) ||
    (last >= 65 && last <= 90) ||
    (last >= 48 && last <= 57) ||
    last === 95 ||
    last > 127 ||
    last === closeParen ||
    last === closeBracket ||
    last === closeBrace ||
    last === doubleQuote ||
    last === singleQuote ||
    last === backtick
  );
}

function startsDeclaration(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  if (c !== 102 && c !== 116 && c !== 118 && c !== 99 && c !== 105) return false;
  declarationLine.lastIndex = at;
  return declarationLine.test(text);
}

function skipBlank(text: string, from: number, comments: number[]): number {
  let at = from;
  while (at < text.length) {
    const c = text.charCodeAt(at);
    if (c === space || c === tab || c === newline || c === carriageReturn || c === semicolon) at++;
    else if (c === slash) {
      const end = commentEnd(text, at);
      if (end < 0) return at;
      comments.push(at, end);
      at = end;
    } else return at;
  }
  return at;
}

/** Skips text that is no declaration, a comment at a time, to the next line. */
function endOfLine(text: string, from: number, comments: number[]): number {
  for (let at = from; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === newline) return at + 1;
    if (c !== slash) continue;
    const end = commentEnd(text, at);
    if (end < 0) continue;
    comments.push(at, end);
    return end;
  }
  return text.length;
}

/** The end of the comment that starts at `at`, or -1 if none does. */
function commentEnd(text: string, at: number): number {
  const second = text.charCodeAt(at + 1);
  if (second === slash) {
    const end = text.indexOf('\n', at + 2);
    if (end < 0) return text.length;
    return text.charCodeAt(end - 1) === carriageReturn ? end - 1 : end;
  }
  if (second !== star) return -1;
  const end = text.indexOf('*/', at + 2);
  return end < 0 ? text.length : end + 2;
}

/** The end of the string or rune literal at `at`; a newline ends an unclosed one. */
function quotedEnd(text: string, at: number, quote: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === backslash) i++;
    else if (c === quote) return i + 1;
    else if (c === newline) return i;
  }
  return text.length;
}
