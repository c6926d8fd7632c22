// What the client can do, and what it is told that the server can.

import {
  CodeActionKind,
  type InitializeParams,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { chooseEncoding, type Encoding } from './convert.ts';
import { pathOfUri } from './uri.ts';

/** The kind of the action that applies all safe fixes of a file, for `editor.codeActionsOnSave`. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.goleash`;

/** What the server does differently from client to client. */
export interface Client {
  readonly encoding: Encoding;
  /** Shows the second places of a diagnostic. */
  readonly relatedInformation: boolean;
  /** Takes actions that carry an edit; one that takes commands only gets none. */
  readonly codeActions: boolean;
  /** Asks for the edit of an action when it is chosen. */
  readonly resolvesEdits: boolean;
  /** Shows actions that cannot be taken, with the reason. */
  readonly disabledActions: boolean;
  /** Takes edits that name the version they are made for. */
  readonly versionedEdits: boolean;
  /** Can be asked to watch files. */
  readonly watchesFiles: boolean;
  /** Tells when its workspace folders change. */
  readonly workspaceFolders: boolean;
}

/** Reads what `initialize` says about the client. */
export function clientOf({ capabilities }: InitializeParams): Client {
  const { codeAction, publishDiagnostics } = capabilities.textDocument ?? {};
  const { workspace, general } = capabilities;
  return {
    encoding: chooseEncoding(general?.positionEncodings),
    relatedInformation: publishDiagnostics?.relatedInformation === true,
    codeActions: codeAction?.codeActionLiteralSupport !== undefined,
    resolvesEdits:
      codeAction?.dataSupport === true && codeAction.resolveSupport?.properties.includes('edit') === true,
    disabledActions: codeAction?.disabledSupport === true,
    versionedEdits: workspace?.workspaceEdit?.documentChanges === true,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    workspaceFolders: workspace?.workspaceFolders === true,
  };
}

/** The paths of the folders that are open at the start. */
export function foldersOf({ workspaceFolders, rootUri }: InitializeParams): readonly string[] {
  const uris = workspaceFolders?.map((folder) => folder.uri) ?? (rootUri ? [rootUri] : []);
  return uris.flatMap((uri) => pathOfUri(uri) ?? []);
}

/** What the server offers to this client. */
export function capabilitiesFor(client: Client): ServerCapabilities {
  return {
    positionEncoding: client.encoding,
    textDocumentSync: {
      openClose: true,
      change: TextDocumentSyncKind.Incremental,
      save: { includeText: false },
    },
    codeActionProvider: {
      codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, fixAllKind],
      resolveProvider: client.resolvesEdits,
    },
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  };
}
