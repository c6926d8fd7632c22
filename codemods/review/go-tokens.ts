// What in some lines of Go is a comment, a string or a keyword, to be coloured. Runs in the browser, too.
//
// A hunk is a part of a file, and what it begins in is not known. Where that cannot be made out, nothing is coloured.

export type TokenKind = 'comment' | 'string' | 'keyword';

/** UTF-16 offsets in a line. */
export interface Token {
  readonly start: number;
  readonly end: number;
  readonly kind: TokenKind;
}

/** What goes on over the end of a line. */
type Inside = 'code' | 'comment' | 'raw';

const keywords = new Set(
  (
    'break case chan const continue default defer else fallthrough for func go goto if import interface map package ' +
    'range return select struct switch type var'
  ).split(' '),
);

/** The next thing in code that is more than itself. A rune or a string that does not end on its line is not Go. */
const next =
  /\/\/.*|\/\*|\*\/|`|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)[^']*'|["']|[\p{L}_][\p{L}\p{N}_]*|\p{N}[\p{L}\p{N}_.]*/gu;

/** The tokens of each line; none at all if the lines do not say what they begin in. */
export function goTokens(lines: readonly string[]): readonly (readonly Token[])[] {
  const mayBeComment = lines.some((line) => line.includes('*/'));
  return read(lines, 'code') ?? (mayBeComment ? read(lines, 'comment') : undefined) ?? lines.map(() => []);
}

/** Reads the lines as if they began inside this; undefined if that is impossible. */
function read(lines: readonly string[], begin: Inside): (readonly Token[])[] | undefined {
  let inside = begin;
  const all: Token[][] = [];
  for (const line of lines) {
    const tokens: Token[] = [];
    let at = 0;
    while (at < line.length) {
      if (inside !== 'code') {
        const close = inside === 'comment' ? '*/' : '`';
        const found = line.indexOf(close, at);
        const end = found < 0 ? line.length : found + close.length;
        tokens.push({ start: at, end, kind: inside === 'comment' ? 'comment' : 'string' });
        if (found >= 0) inside = 'code';
        at = end;
        continue;
      }
      next.lastIndex = at;
      const found = next.exec(line);
      if (!found) break;
      const [text] = found;
      if (text === '*/' || text === '"' || text === "'") return undefined;
      at = found.index + (text === '/*' || text === '`' ? 0 : text.length);
      if (text === '/*' || text === '`') {
        inside = text === '`' ? 'raw' : 'comment';
        tokens.push({ start: at, end: at + text.length, kind: text === '`' ? 'string' : 'comment' });
        at += text.length;
        continue;
      }
      const kind = kindOf(text);
      if (kind) tokens.push({ start: found.index, end: at, kind });
    }
    all.push(tokens);
  }
  return inside === 'raw' ? undefined : all;
}

function kindOf(text: string): TokenKind | undefined {
  if (text.startsWith('//')) return 'comment';
  if (/^["']/.test(text)) return 'string';
  return keywords.has(text) ? 'keyword' : undefined;
}

/** A piece of a line that looks the same throughout. */
export interface Piece {
  readonly text: string;
  readonly changed: boolean;
  readonly kind?: TokenKind;
}

/** Cuts the parts of a line where its tokens begin and end. */
export function piecesOf(
  parts: readonly { text: string; changed: boolean }[],
  tokens: readonly Token[],
): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { text, changed } of parts) {
    const end = at + text.length;
    const cuts = tokens.flatMap((token) => [token.start, token.end]).filter((cut) => cut > at && cut < end);
    for (const cut of [...new Set(cuts), end]) {
      const kind = tokens.find((token) => token.start <= at && at < token.end)?.kind;
      const piece = { text: text.slice(at - end + text.length, cut - end + text.length), changed };
      pieces.push(kind ? { ...piece, kind } : piece);
      at = cut;
    }
  }
  return pieces;
}
