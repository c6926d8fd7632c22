// Drives the real binary over standard input and output, from a folder that is not the repository.

import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { CodeAction } from 'vscode-languageserver-protocol';
import { uriOfPath } from '../../server/uri.ts';
import { builtCommand } from '../support/built.ts';
import { type Editor, edited, editorOver, everywhere, folderOf } from './support.ts';

const onDisk = 'package p\n\nfunc nothing() {}\n';
const unsaved = `package p

import (
	"io"
	"net/http"
	"time"
)

const limit = 3 * time.Second

func fetch(url string) ([]byte, error) {
	client := &http.Client{}
	response, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}
`;

interface Served {
  readonly editor: Editor;
  readonly server: ChildProcessWithoutNullStreams;
  readonly stderr: () => string;
  readonly exitCode: Promise<number | null>;
}

function serve(t: TestContext, cwd: string): Served {
  const server = spawn(process.execPath, [builtCommand, 'lsp', '--stdio'], { cwd });
  let stderr = '';
  server.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const exitCode = once(server, 'exit').then(([code]: (number | null)[]) => code ?? null);
  const editor = editorOver(server.stdout, server.stdin);
  t.after(() => {
    editor.connection.dispose();
    server.kill();
  });
  return { editor, server, stderr: () => stderr, exitCode };
}

test('the built command serves an editor', async (t) => {
  const folder = folderOf(t, { 'a.go': onDisk });
  const uri = uriOfPath(`${folder}/a.go`);
  const { editor, stderr, exitCode } = serve(t, folder);
  const { serverInfo } = await editor.initialize(undefined, [folder]);
  assert.equal(serverInfo?.name, 'goleash');

  editor.open(uri, onDisk);
  assert.deepEqual((await editor.diagnostics(uri)).diagnostics, []);
  editor.change(uri, 2, { range: everywhere, text: unsaved });
  const { diagnostics } = await editor.diagnostics(uri, (p) => p.version === 2);
  assert.deepEqual(
    diagnostics.map((d) => d.code),
    ['http-client-without-timeout'],
  );

  const [fix] = await editor.codeActions(uri, diagnostics[0]?.range ?? everywhere, ['quickfix']);
  const resolved = await editor.connection.sendRequest<CodeAction>('codeAction/resolve', fix);
  const fixed = edited(unsaved, uri, resolved.edit);
  assert.equal(fixed, unsaved.replace('http.Client{}', 'http.Client{Timeout: 30 * time.Second}'));
  editor.change(uri, 3, { text: fixed });
  assert.deepEqual((await editor.diagnostics(uri, (p) => p.version === 3)).diagnostics, []);

  await editor.connection.sendRequest('shutdown');
  await assert.rejects(editor.codeActions(uri, everywhere), { code: -32600 });
  void editor.connection.sendNotification('exit');
  assert.equal(await exitCode, 0);
  assert.equal(stderr(), '');
});

test('a client that exits without shutdown gets exit code 1', async (t) => {
  const { editor, exitCode } = serve(t, folderOf(t, {}));
  await editor.initialize();
  void editor.connection.sendNotification('exit');
  assert.equal(await exitCode, 1);
});

test('the server ends when its input does', async (t) => {
  const { editor, server, exitCode, stderr } = serve(t, folderOf(t, {}));
  await editor.initialize();
  server.stdin.end();
  assert.equal(await exitCode, 1);
  assert.equal(stderr(), '');
});

test('the server ends when the process that started it does', async (t) => {
  const parent = spawn(process.execPath, ['-e', '']);
  await once(parent, 'exit');
  const { editor, exitCode } = serve(t, folderOf(t, {}));
  await editor.connection.sendRequest('initialize', {
    processId: parent.pid,
    rootUri: null,
    capabilities: {},
  });
  assert.equal(await exitCode, 1);
});

test('nothing in the opened folder is run', async (t) => {
  const folder = folderOf(t, { 'a.go': unsaved, 'node_modules/.keep': '' });
  const trap = `require('node:fs').writeFileSync(${JSON.stringify(`${folder}/ran`)}, '')`;
  for (const name of [
    'go',
    'go.js',
    'goleash.config.js',
    '.goleash.js',
    'node_modules/tree-sitter-go.js',
    'index.js',
  ]) {
    writeFileSync(join(folder, name), trap, { mode: 0o755 });
  }
  const { editor } = serve(t, folder);
  await editor.initialize(undefined, [folder]);
  editor.open(uriOfPath(`${folder}/a.go`), unsaved);
  await editor.diagnostics(uriOfPath(`${folder}/a.go`));
  await editor.codeActions(uriOfPath(`${folder}/a.go`), everywhere);
  assert.ok(!existsSync(join(folder, 'ran')));
});
