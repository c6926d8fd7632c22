// An editor for tests: it speaks to a server over streams, remembers what it is told, and answers what it is asked.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import * as server from 'vscode-languageserver/node';
import type {
  ClientCapabilities,
  CodeAction,
  InitializeResult,
  PublishDiagnosticsParams,
  Range,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver-protocol';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { startServer } from '../../server/main.ts';
import { uriOfPath } from '../../server/uri.ts';

export interface Editor {
  readonly connection: MessageConnection;
  /** All that the server published, in order. */
  readonly published: PublishDiagnosticsParams[];
  /** Texts of window/logMessage and window/showMessage. */
  readonly logged: string[];
  readonly shown: string[];
  /** Methods that the server asked the client to register. */
  readonly registered: string[];
  initialize(capabilities?: ClientCapabilities, folders?: readonly string[]): Promise<InitializeResult>;
  open(uri: string, text: string, version?: number): void;
  /** Replaces ranges one after the other; without a range, the whole text. */
  change(uri: string, version: number, ...changes: { range?: Range; text: string }[]): void;
  save(uri: string): void;
  close(uri: string): void;
  /** Waits for diagnostics that the server has published, or will, and that pass the test. */
  diagnostics(
    uri: string,
    test?: (params: PublishDiagnosticsParams) => boolean,
  ): Promise<PublishDiagnosticsParams>;
  codeActions(uri: string, range: Range, only?: readonly string[]): Promise<CodeAction[]>;
}

/** What a client of today can do. */
export const modern: ClientCapabilities = {
  general: { positionEncodings: ['utf-16'] },
  workspace: { workspaceEdit: { documentChanges: true } },
  textDocument: {
    publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true, dataSupport: true },
    codeAction: {
      codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source', 'source.fixAll'] } },
      isPreferredSupport: true,
      dataSupport: true,
      resolveSupport: { properties: ['edit'] },
    },
  },
};

/** One that gets edits at once, by URI, and no related information. */
export const plain: ClientCapabilities = {
  textDocument: { codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } } },
};

/** An editor whose server runs in this process; both are gone when the test ends. */
export function editorInProcess(t: TestContext): Editor {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const reader = new server.StreamMessageReader(toServer);
  const connection = server.createConnection(reader, new server.StreamMessageWriter(toClient));
  startServer(connection);
  const editor = editorOver(toClient, toServer);
  t.after(async () => {
    await editor.connection.sendRequest('shutdown');
    editor.connection.dispose();
    connection.dispose();
  });
  return editor;
}

/** An editor at the other end of two streams. */
export function editorOver(input: Readable, output: Writable): Editor {
  const connection = createMessageConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
  const published: PublishDiagnosticsParams[] = [];
  const logged: string[] = [];
  const shown: string[] = [];
  const registered: string[] = [];
  const waiting = new Set<(params: PublishDiagnosticsParams) => void>();
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params);
    for (const check of waiting) check(params);
  });
  connection.onNotification(
    'window/logMessage',
    ({ message }: { message: string }) => void logged.push(message),
  );
  connection.onNotification(
    'window/showMessage',
    ({ message }: { message: string }) => void shown.push(message),
  );
  connection.onRequest(
    'client/registerCapability',
    ({ registrations }: { registrations: { method: string }[] }) => {
      registered.push(...registrations.map((registration) => registration.method));
      return null;
    },
  );
  connection.listen();
  const notify = (method: string, params: object): void => void connection.sendNotification(method, params);
  return {
    connection,
    published,
    logged,
    shown,
    registered,
    async initialize(capabilities = modern, folders = []) {
      const workspaceFolders = folders.map((path) => ({ uri: uriOfPath(path), name: path }));
      const params = { processId: null, rootUri: null, capabilities, workspaceFolders };
      const result = await connection.sendRequest<InitializeResult>('initialize', params);
      await connection.sendNotification('initialized', {});
      return result;
    },
    open: (uri, text, version = 1) =>
      notify('textDocument/didOpen', { textDocument: { uri, languageId: 'go', version, text } }),
    change: (uri, version, ...contentChanges) =>
      notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges }),
    save: (uri) => notify('textDocument/didSave', { textDocument: { uri } }),
    close: (uri) => notify('textDocument/didClose', { textDocument: { uri } }),
    diagnostics(uri, test = () => true) {
      const wanted = (params: PublishDiagnosticsParams): boolean => params.uri === uri && test(params);
      const known = published.findLast(wanted);
      if (known) return Promise.resolve(known);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`no such diagnostics for ${uri}: ${JSON.stringify(published)}`)),
          8000,
        );
        const check = (params: PublishDiagnosticsParams): void => {
          if (!wanted(params)) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve(params);
        };
        waiting.add(check);
      });
    },
    codeActions: (uri, range, only) =>
      connection.sendRequest('textDocument/codeAction', {
        textDocument: { uri },
        range,
        context: { diagnostics: [], ...(only && { only }) },
      }),
  };
}

/**
 * The root of a repository and module with these files, gone when the test ends; with `/` separators. What lies in
 * the folder of temporary files does not show in it.
 */
export function folderOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'goleash lsp ')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, '.git'));
  for (const [name, text] of Object.entries({ 'go.mod': 'module example.com/m\n\ngo 1.24\n', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder.replaceAll('\\', '/');
}

/** The range of the first occurrence of `part`, in UTF-16. */
export function rangeOf(text: string, part: string): Range {
  const document = TextDocument.create('', '', 0, text);
  const start = text.indexOf(part);
  if (start < 0) throw new Error(`${part} is not in the text`);
  return { start: document.positionAt(start), end: document.positionAt(start + part.length) };
}

/** The whole of any text. */
export const everywhere: Range = { start: { line: 0, character: 0 }, end: { line: 100_000, character: 0 } };

/** What a client makes of a text by the edits for one document. */
export function edited(text: string, uri: string, edit: WorkspaceEdit | undefined): string {
  const versioned = edit?.documentChanges?.flatMap((change) =>
    'textDocument' in change && change.textDocument.uri === uri ? (change.edits as TextEdit[]) : [],
  );
  return TextDocument.applyEdits(
    TextDocument.create(uri, 'go', 0, text),
    versioned ?? edit?.changes?.[uri] ?? [],
  );
}
