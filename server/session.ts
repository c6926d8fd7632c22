// The running server without its wire: the open documents, the folders around them, and what the client was told.

import type {
  DidChangeTextDocumentParams,
  FileEvent,
  PublishDiagnosticsParams,
  TextDocumentItem,
} from 'vscode-languageserver/node';
import { readGoFile } from '../analysis/node/files.ts';
import type { Client } from './client.ts';
import { createDocuments, type Documents, type OpenDocument } from './documents.ts';
import { diagnosticsOf } from './features/diagnostics.ts';
import { type Engine, type Folder, openFolder, refresh, type Surroundings } from './folders.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { pathOfUri } from './uri.ts';

/** What a session needs from the outside. */
export interface Host {
  readonly client: Client;
  /** May still be loading. */
  readonly engine: Promise<Engine>;
  publish(params: PublishDiagnosticsParams): void;
  /** Writes to the log of the server. */
  log(message: string): void;
  /** Shows the user something to be done about. */
  warn(message: string): void;
}

/** Takes what the client tells, and answers from the state that follows from it. No function throws or rejects. */
export interface Session {
  open(item: TextDocumentItem): void;
  change(params: DidChangeTextDocumentParams): void;
  save(uri: string): void;
  close(uri: string): void;
  filesChanged(events: readonly FileEvent[]): void;
  /** Takes the URIs of workspace folders. */
  workspaceChanged(added: readonly string[], removed: readonly string[]): void;
  /** The document with its findings, up to date; undefined if it is not open or analysis fails on it. */
  snapshot(uri: string): Promise<Snapshot | undefined>;
  dispose(): void;
}

interface State {
  readonly host: Host;
  readonly documents: Documents;
  readonly surroundings: Surroundings;
  /** By `keyOf` of the documents in them. */
  readonly folders: Map<string, Folder>;
  /** The diagnostics that the client has of each document, by path. */
  readonly published: Map<string, string>;
  readonly scheduler: Scheduler<OpenDocument>;
  /** The paths of the workspace folders. */
  workspace: readonly string[];
}

/** Starts a session with the paths of the folders that are open. */
export function createSession(given: Host, workspace: readonly string[]): Session {
  const host: Host = { ...given, log: onceEach(given.log), warn: onceEach(given.warn) };
  const state: State = {
    host,
    documents: createDocuments(host.client.encoding, host.log),
    surroundings: { engine: host.engine, libraries: new Map(), log: host.log },
    folders: new Map(),
    published: new Map(),
    scheduler: createScheduler((document) => publish(state, document)),
    workspace,
  };
  return {
    open: (item) => open(state, item),
    change(params) {
      const document = state.documents.change(params);
      if (document) state.scheduler.schedule([document, ...neighbours(state, document)]);
    },
    save: (uri) => save(state, uri),
    close: (uri) => close(state, uri),
    filesChanged: (events) => changedOnDisk(state, pathsOf(events.map((event) => event.uri))),
    workspaceChanged(added, removed) {
      const gone = new Set(pathsOf(removed));
      state.workspace = [...state.workspace.filter((path) => !gone.has(path)), ...pathsOf(added)];
      state.scheduler.schedule(state.documents.all());
    },
    async snapshot(uri) {
      const document = state.documents.get(uri);
      return document && snapshotOf(state, document);
    },
    dispose: () => state.scheduler.cancel(),
  };
}

function open(state: State, item: TextDocumentItem): void {
  const document = state.documents.open(item);
  const isKnown = state.folders.has(keyOf(document));
  const folder = folderOf(state, document);
  state.scheduler.schedule([document, ...neighbours(state, document)]);
  if (isKnown && folder.isOnDisk) void reread(state, folder, false);
}

function save(state: State, uri: string): void {
  const document = state.documents.get(uri);
  if (!document) return;
  if (!document.inSync) {
    const read = readGoFile(document.path);
    if ('text' in read) state.documents.resynchronise(document, read.text);
  }
  changedOnDisk(state, [document.path]);
}

function close(state: State, uri: string): void {
  const document = state.documents.close(uri);
  if (!document) return;
  state.scheduler.cancel(document);
  state.published.delete(document.path);
  state.host.publish({ uri: document.uri, diagnostics: [] });
  const rest = neighbours(state, document);
  if (rest.length === 0) state.folders.delete(keyOf(document));
  else state.scheduler.schedule(rest);
}

function changedOnDisk(state: State, paths: readonly string[]): void {
  const { libraries } = state.surroundings;
  const code = paths.filter((path) => /\.go$|\/go\.(?:mod|work)$/.test(path));
  if (code.length > 0) libraries.clear();
  for (const folder of state.folders.values()) {
    if (!folder.isOnDisk) continue;
    const imports = code.some((path) => !isGoFileIn(folder.path, path));
    if (imports || paths.some((path) => concerns(path, folder.path))) void reread(state, folder, imports);
  }
}

async function reread(state: State, folder: Folder, imports: boolean): Promise<void> {
  await refresh(folder, imports, state.surroundings);
  state.scheduler.schedule(state.documents.all().filter((document) => keyOf(document) === folder.path));
}

async function snapshotOf(state: State, document: OpenDocument): Promise<Snapshot | undefined> {
  const { host, workspace } = state;
  const folder = folderOf(state, document);
  await folder.ready;
  for (const { path, line, column, message } of folder.settings.problems) {
    host.warn(`${path}:${line}:${column}: ${message}`);
  }
  try {
    const snapshot = takeSnapshot({ document, folder, open: neighbours(state, document), workspace });
    for (const { ruleId, path, error } of snapshot.crashes) host.log(`${ruleId} failed on ${path}: ${error}`);
    return snapshot;
  } catch (error) {
    host.log(
      `${document.path} cannot be analysed: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
    );
    return undefined;
  }
}

async function publish(state: State, document: OpenDocument): Promise<void> {
  const snapshot = await snapshotOf(state, document);
  // It may have been closed in the meantime.
  if (!snapshot || state.documents.get(document.uri) !== document) return;
  const { version } = snapshot;
  const diagnostics = diagnosticsOf(snapshot, state.host.client);
  // A new version is told even if nothing else is new: some editors drop what was said about an older one.
  const told = JSON.stringify([version, diagnostics]);
  if (state.published.get(document.path) === told) return;
  state.published.set(document.path, told);
  state.host.publish({ uri: document.uri, version, diagnostics });
}

/** What tells the folder of a document: documents that are not files have one each. */
function keyOf(document: OpenDocument): string {
  return document.directory ?? document.path;
}

function folderOf(state: State, document: OpenDocument): Folder {
  const key = keyOf(document);
  let folder = state.folders.get(key);
  if (!folder) {
    folder = openFolder(key, document.directory !== undefined, state.surroundings);
    state.folders.set(key, folder);
  }
  return folder;
}

/** The open documents of the same folder, the document itself among them while it is open. */
function neighbours(state: State, document: OpenDocument): readonly OpenDocument[] {
  return state.documents.all().filter((other) => keyOf(other) === keyOf(document));
}

/** Whether a change of the file at `path` can change what is found in the folder by itself. */
function concerns(path: string, folder: string): boolean {
  if (path.endsWith('.go')) return isGoFileIn(folder, path);
  return `${folder}/`.startsWith(path.slice(0, path.lastIndexOf('/') + 1));
}

function isGoFileIn(folder: string, path: string): boolean {
  return path.endsWith('.go') && path.slice(0, path.lastIndexOf('/')) === folder;
}

function pathsOf(uris: readonly string[]): readonly string[] {
  return uris.flatMap((uri) => pathOfUri(uri) ?? []);
}

/** Passes on each message the first time; many different ones tell nobody anything, so their number has an end. */
function onceEach(tell: (message: string) => void): (message: string) => void {
  const told = new Set<string>();
  return (message) => {
    if (told.has(message) || told.size >= 1000) return;
    told.add(message);
    tell(message);
  };
}
