// `goleash lsp`: the protocol on one side, a session on the other.

import {
  type Connection,
  createConnection,
  DidChangeWatchedFilesNotification,
  ErrorCodes,
  type InitializeParams,
  LSPErrorCodes,
  MessageType,
  ResponseError,
  ShowMessageNotification,
} from 'vscode-languageserver/node';
import { version } from '../analysis/node/rule-page.ts';
import { loadRuntime } from '../analysis/node/runtime.ts';
import { hostTarget } from '../analysis/node/target.ts';
import { type Client, capabilitiesFor, clientOf, foldersOf } from './client.ts';
import { codeActions, documentOf, resolveCodeAction } from './features/code-actions.ts';
import type { Engine } from './folders.ts';
import { createSession, type Host, type Session } from './session.ts';

interface Running {
  readonly client: Client;
  readonly session: Session;
}

/**
 * Serves one client until it leaves: on standard input and output, unless there is a connection already. The
 * process ends with 0 after `shutdown` and `exit`, and with 1 if the client goes without a `shutdown`.
 */
export function startServer(connection: Connection = stdioConnection()): void {
  let started = false;
  let stopped = false;
  let running: Running | undefined;
  const active = (): Running => {
    if (stopped) throw new ResponseError(ErrorCodes.InvalidRequest, 'this server is shut down');
    if (!running) throw new ResponseError(ErrorCodes.ServerNotInitialized, 'the first request is initialize');
    return running;
  };

  const show = (message: string): void =>
    sent(connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Info, message }));

  connection.onInitialize(async (params) => {
    if (started) throw new ResponseError(ErrorCodes.InvalidRequest, 'this server is initialized already');
    started = true;
    const client = clientOf(params);
    const engine = loadRuntime().then((library): Engine => ({ library, target: hostTarget(process) }));
    // Before anything is awaited: a client may send more before it has the answer.
    running = { client, session: startSession(connection, client, engine, params) };
    await engine;
    return { capabilities: capabilitiesFor(client), serverInfo: { name: 'goleash', version } };
  });
  connection.onInitialized(() => {
    const { client, session } = active();
    if (client.watchesFiles) watchFiles(connection);
    if (!client.workspaceFolders) return;
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) =>
      session.workspaceChanged(
        added.map((folder) => folder.uri),
        removed.map((folder) => folder.uri),
      ),
    );
  });
  connection.onShutdown(() => {
    stopped = true;
    running?.session.dispose();
  });

  connection.onDidOpenTextDocument(({ textDocument }) => {
    if (textDocument.languageId === 'go' || textDocument.uri.endsWith('.go'))
      active().session.open(textDocument);
  });
  connection.onDidChangeTextDocument((params) => active().session.change(params));
  connection.onDidSaveTextDocument(({ textDocument }) => active().session.save(textDocument.uri));
  connection.onDidCloseTextDocument(({ textDocument }) => active().session.close(textDocument.uri));
  connection.onDidChangeWatchedFiles(({ changes }) => active().session.filesChanged(changes));

  connection.onCodeAction(async (params) => {
    const { client, session } = active();
    const snapshot = await session.snapshot(params.textDocument.uri);
    return snapshot ? codeActions(snapshot, params, client, show) : [];
  });
  connection.onCodeActionResolve(async (action) => {
    const { client, session } = active();
    const snapshot = await session.snapshot(documentOf(action) ?? '');
    const resolved = snapshot && resolveCodeAction(action, snapshot, client, show);
    if (!resolved)
      throw new ResponseError(
        LSPErrorCodes.ContentModified,
        'what this action repairs is not there any more',
      );
    return resolved;
  });
  connection.listen();
}

/** Nothing but the protocol may reach standard output, so what would print there goes to standard error. */
function stdioConnection(): Connection {
  console.log = console.info = console.debug = console.error;
  return createConnection(process.stdin, process.stdout);
}

function startSession(
  connection: Connection,
  client: Client,
  engine: Promise<Engine>,
  params: InitializeParams,
): Session {
  const host: Host = {
    client,
    engine,
    publish: (diagnostics) => sent(connection.sendDiagnostics(diagnostics)),
    log: (message) => connection.console.warn(message),
    warn: (message) => {
      sent(connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Warning, message }));
    },
  };
  return createSession(host, foldersOf(params));
}

function watchFiles(connection: Connection): void {
  const watchers = ['**/*.go', '**/go.mod', '**/go.work', '**/.goleash.yaml'].map((globPattern) => ({
    globPattern,
  }));
  sent(connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }));
}

/** A client that is gone, or that refuses, is no reason to stop. */
function sent(sending: Promise<unknown>): void {
  sending.catch((error: unknown) =>
    console.error(`goleash lsp: ${error instanceof Error ? error.message : error}`),
  );
}
