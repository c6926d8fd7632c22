// The documents that are open in the editor: their text is the truth, whatever the disk says.

import type {
  DidChangeTextDocumentParams,
  Position,
  Range,
  TextDocumentContentChangeEvent,
  TextDocumentItem,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { type SourceFile, sourceFile } from '../analysis/index.ts';
import { type Encoding, offsetAt } from './convert.ts';
import { pathOfUri } from './uri.ts';

/** One open Go file. */
export interface OpenDocument {
  /** As the client spells it; what is sent about the document carries this. */
  readonly uri: string;
  /** The path on disk, or the URI of a document that is not a file. */
  readonly path: string;
  /** The folder of its package; undefined for a document that is not a file and is analysed alone. */
  readonly directory: string | undefined;
  /** The current text and version; changes in place. */
  readonly text: TextDocument;
  /** False after a change that does not fit the text: it is unknown then until the client sends or saves it whole. */
  inSync: boolean;
  /** See `fileOf`. */
  file: SourceFile | undefined;
}

/**
 * The open documents. Each function takes the client's URI and returns undefined for a document that is not among
 * them, as those are that hold no Go.
 */
export interface Documents {
  open(item: TextDocumentItem): OpenDocument;
  change(params: DidChangeTextDocumentParams): OpenDocument | undefined;
  /** Replaces the text by what is known to be right, as after a save. */
  resynchronise(document: OpenDocument, text: string): void;
  close(uri: string): OpenDocument | undefined;
  get(uri: string): OpenDocument | undefined;
  all(): readonly OpenDocument[];
}

/** An empty set of documents. `log` is told of what a client should not have sent. */
export function createDocuments(encoding: Encoding, log: (message: string) => void): Documents {
  const open = new Map<string, OpenDocument>();
  const keyOf = (uri: string): string => pathOfUri(uri) ?? uri;
  return {
    open(item) {
      const path = keyOf(item.uri);
      if (open.has(path)) log(`${item.uri} is opened twice; the newer text counts`);
      const document: OpenDocument = {
        uri: item.uri,
        path,
        directory:
          pathOfUri(item.uri) === undefined ? undefined : path.slice(0, Math.max(path.lastIndexOf('/'), 1)),
        text: TextDocument.create(item.uri, item.languageId, item.version, item.text),
        inSync: true,
        file: undefined,
      };
      open.set(path, document);
      return document;
    },
    change({ textDocument, contentChanges }) {
      const document = open.get(keyOf(textDocument.uri));
      if (document) applyChanges(document, textDocument.version, contentChanges, encoding, log);
      return document;
    },
    resynchronise(document, text) {
      TextDocument.update(document.text, [{ text }], document.text.version);
      document.inSync = true;
    },
    close(uri) {
      const document = open.get(keyOf(uri));
      open.delete(keyOf(uri));
      return document;
    },
    get: (uri) => open.get(keyOf(uri)),
    all: () => [...open.values()],
  };
}

/**
 * The document's current text as a file of analysis. It shares with the file before the change every declaration
 * whose text is the same, so only what was edited is parsed again.
 */
export function fileOf(document: OpenDocument): SourceFile {
  document.file = sourceFile(document.path, document.text.getText(), document.file);
  return document.file;
}

function applyChanges(
  document: OpenDocument,
  version: number,
  changes: readonly TextDocumentContentChangeEvent[],
  encoding: Encoding,
  log: (message: string) => void,
): void {
  const lose = (reason: string): void => {
    if (document.inSync)
      log(`${document.uri}: ${reason}; nothing is reported on it until it is saved or opened again`);
    document.inSync = false;
  };
  if (version < document.text.version) lose(`version ${version} follows version ${document.text.version}`);
  for (const change of changes) {
    if (rangeOf(change) === undefined) document.inSync = true;
    else if (!document.inSync) continue;
    const fitting = fit(document.text, change, encoding);
    if (fitting) TextDocument.update(document.text, [fitting], version);
    else lose(`a change does not fit the text (${JSON.stringify(change).slice(0, 200)})`);
  }
  TextDocument.update(document.text, [], version);
}

/**
 * The change in UTF-16 positions that exist. Clients may end a range after the end of a line or of the text to
 * mean that end; undefined for a range that starts after the text or is no range, which tells that both sides
 * have different texts.
 */
function fit(
  text: TextDocument,
  change: TextDocumentContentChangeEvent,
  encoding: Encoding,
): TextDocumentContentChangeEvent | undefined {
  if (typeof change.text !== 'string') return undefined;
  const given = rangeOf(change);
  if (given === undefined) return { text: change.text };
  const { start, end } = given;
  if (!isPosition(start) || !isPosition(end) || start.line > text.lineCount) return undefined;
  const offsets = [offsetAt(text, start, encoding), offsetAt(text, end, encoding)];
  const range = { start: text.positionAt(Math.min(...offsets)), end: text.positionAt(Math.max(...offsets)) };
  return { text: change.text, range };
}

/** Undefined for a change that replaces the whole text; some clients write that as a null. */
function rangeOf(change: TextDocumentContentChangeEvent): Range | undefined {
  return ('range' in change && change.range) || undefined;
}

function isPosition(position: Position | undefined): position is Position {
  return isCount(position?.line) && isCount(position?.character);
}

function isCount(value: number | undefined): boolean {
  return value !== undefined && Number.isInteger(value) && value >= 0;
}
