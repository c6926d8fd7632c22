// Between analysis (UTF-16 offsets, paths) and the protocol (lines, characters in the negotiated encoding).

import type { Position, Range, TextEdit } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Edit } from '../analysis/index.ts';

/** Where the client finds a file. */
export interface Place {
  readonly uri: string;
  /** Null for a file that is not open. */
  readonly version: number | null;
  readonly text: TextDocument;
}

/** The unit in which a client counts the characters of a line. */
export type Encoding = 'utf-8' | 'utf-16' | 'utf-32';

/** The client's most preferred encoding; UTF-16, which every client has, if it names none. */
export function chooseEncoding(offered: readonly string[] | undefined): Encoding {
  return offered?.find((e): e is Encoding => e === 'utf-8' || e === 'utf-16' || e === 'utf-32') ?? 'utf-16';
}

/** The position of a UTF-16 offset. Offsets inside a line break are taken for the end of the line. */
export function positionAt(document: TextDocument, offset: number, encoding: Encoding): Position {
  const position = document.positionAt(offset);
  if (encoding === 'utf-16') return position;
  const before = document.getText({ start: { line: position.line, character: 0 }, end: position });
  return { line: position.line, character: width(before, encoding) };
}

/** The UTF-16 offset of a position. A character after the end of its line is taken for that end, a line likewise. */
export function offsetAt(document: TextDocument, position: Position, encoding: Encoding): number {
  if (encoding === 'utf-16' || position.line >= document.lineCount) return document.offsetAt(position);
  const start = { line: position.line, character: 0 };
  const line = document.getText({ start, end: { line: position.line, character: Number.MAX_SAFE_INTEGER } });
  return document.offsetAt({
    line: position.line,
    character: unitsWithin(line, position.character, encoding),
  });
}

/** The range between two UTF-16 offsets. */
export function rangeAt(document: TextDocument, start: number, end: number, encoding: Encoding): Range {
  return { start: positionAt(document, start, encoding), end: positionAt(document, end, encoding) };
}

/** An edit of analysis, made of this document's text, as the protocol has it. */
export function textEdit(
  document: TextDocument,
  edit: Pick<Edit, 'start' | 'end' | 'newText'>,
  encoding: Encoding,
): TextEdit {
  return { range: rangeAt(document, edit.start, edit.end, encoding), newText: edit.newText };
}

/** How many units of the encoding the text has. */
function width(text: string, encoding: Encoding): number {
  let units = 0;
  for (const character of text) units += widthOf(character, encoding);
  return units;
}

/** How many UTF-16 code units of the line lie before its `column`-th unit; a column within a character is its start. */
function unitsWithin(line: string, column: number, encoding: Encoding): number {
  let units = 0;
  let at = 0;
  for (const character of line) {
    units += widthOf(character, encoding);
    if (units > column) return at;
    at += character.length;
  }
  return at;
}

function widthOf(character: string, encoding: Encoding): number {
  const code = character.codePointAt(0) ?? 0;
  switch (encoding) {
    case 'utf-8':
      return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    case 'utf-16':
      return character.length;
    case 'utf-32':
      return 1;
  }
}
