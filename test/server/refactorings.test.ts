import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientCapabilities, CodeAction } from 'vscode-languageserver-protocol';
import { uriOfPath } from '../../server/uri.ts';
import { edited, editorInProcess, folderOf, modern, plain, rangeOf } from './support.ts';

const server = `package p

func loop() {
	for {
	}
}

func stuck() {
	for {
	}
}

func Start() {
	stuck()
}
`;
const start = `package p

import "context"

func Run(ctx context.Context) {
	go loop()
}
`;
const files = { 'server.go': server, 'start.go': start };
const title = 'Take a context from the callers (review)';
const refactor = ['refactor'];

const disabling: ClientCapabilities = {
  ...modern,
  textDocument: { codeAction: { ...modern.textDocument?.codeAction, disabledSupport: true } },
};

test('a refactoring is offered for its kind, and resolved over all files of the package', async (t) => {
  const folder = folderOf(t, files);
  const [uri, other] = [uriOfPath(`${folder}/server.go`), uriOfPath(`${folder}/start.go`)];
  const editor = editorInProcess(t);
  const { capabilities } = await editor.initialize(modern, [folder]);
  const provider = capabilities.codeActionProvider;
  assert.ok(typeof provider === 'object' && provider.codeActionKinds?.includes('refactor.rewrite'));
  editor.open(uri, server);
  const cursor = { ...rangeOf(server, 'loop'), end: rangeOf(server, 'loop').start };
  assert.deepEqual(await editor.codeActions(uri, cursor), [], 'the cursor alone asks for nothing');
  assert.deepEqual(await editor.codeActions(uri, cursor, ['quickfix']), []);
  for (const kind of ['refactor', 'refactor.rewrite', '']) {
    const [action] = await editor.codeActions(uri, cursor, [kind]);
    assert.equal(action?.title, title, kind);
    assert.equal(action.kind, 'refactor.rewrite');
    assert.equal(action.edit, undefined);
  }
  const [action] = await editor.codeActions(uri, cursor, refactor);
  const resolved = await editor.connection.sendRequest<CodeAction>('codeAction/resolve', action);
  assert.equal(
    edited(server, uri, resolved.edit),
    server
      .replace('package p\n', 'package p\n\nimport "context"\n')
      .replace('func loop()', 'func loop(ctx context.Context)'),
  );
  assert.equal(edited(start, other, resolved.edit), start.replace('loop()', 'loop(ctx)'));
});

test('a selection in a function asks for it, and so does the user where a function starts', async (t) => {
  const folder = folderOf(t, files);
  const uri = uriOfPath(`${folder}/server.go`);
  const editor = editorInProcess(t);
  await editor.initialize(plain, [folder]);
  editor.open(uri, server);
  const [selected] = await editor.codeActions(uri, rangeOf(server, 'for {\n\t}'));
  assert.match(edited(server, uri, selected?.edit), /func loop\(ctx context\.Context\)/);
  const invoked = (text: string) => {
    const { start: at } = rangeOf(server, text);
    const context = { diagnostics: [], triggerKind: 1 };
    const params = { textDocument: { uri }, range: { start: at, end: at }, context };
    return editor.connection.sendRequest<CodeAction[]>('textDocument/codeAction', params);
  };
  assert.deepEqual(
    (await invoked('loop')).map((action) => action.title),
    [title],
  );
  assert.deepEqual(await invoked('for {'), []);
  assert.deepEqual(await invoked('package'), []);
});

test('where it stops, a client is told in the way that it knows', async (t) => {
  const folder = folderOf(t, files);
  const uri = uriOfPath(`${folder}/server.go`);
  const reason = /^Start is exported, so other packages may call it; .*, server\.go:13$/;
  const place = rangeOf(server, 'stuck');

  const one = editorInProcess(t);
  await one.initialize(disabling, [folder]);
  one.open(uri, server);
  const [disabled] = await one.codeActions(uri, place, refactor);
  assert.match(disabled?.disabled?.reason ?? '', reason);
  const exported = rangeOf(server, 'Start');
  assert.match(
    (await one.codeActions(uri, exported, refactor))[0]?.disabled?.reason ?? '',
    /^Start is exported/,
  );
  assert.deepEqual(await one.codeActions(uri, exported), [], 'only who asks is told');

  const two = editorInProcess(t);
  await two.initialize(modern, [folder]);
  two.open(uri, server);
  const [offered] = await two.codeActions(uri, place, refactor);
  assert.equal(two.shown.length, 0);
  const resolved = await two.connection.sendRequest<CodeAction>('codeAction/resolve', offered);
  assert.equal(resolved.edit, undefined);
  assert.match(two.shown[0]?.replace(`${title}: `, '') ?? '', reason);

  const three = editorInProcess(t);
  await three.initialize(plain, [folder]);
  three.open(uri, server);
  assert.deepEqual(await three.codeActions(uri, place, refactor), []);
  assert.match(three.shown[0]?.replace(`${title}: `, '') ?? '', reason);
});

test('it is made for the unsaved texts of all open files, and refused for one that has changed since', async (t) => {
  const folder = folderOf(t, files);
  const [uri, other] = [uriOfPath(`${folder}/server.go`), uriOfPath(`${folder}/start.go`)];
  const editor = editorInProcess(t);
  await editor.initialize(plain, [folder]);
  editor.open(uri, server);
  editor.open(other, start);
  const place = rangeOf(server, 'loop');
  await editor.codeActions(uri, place, refactor);
  const now = start.replace('\tgo loop()', '\tloop()\n\tgo loop()');
  editor.change(other, 2, { text: now });
  const [action] = await editor.codeActions(uri, place, refactor);
  assert.equal(edited(now, other, action?.edit), now.replaceAll('loop()', 'loop(ctx)'));

  const late = editorInProcess(t);
  await late.initialize(modern, [folder]);
  late.open(uri, server);
  const [offered] = await late.codeActions(uri, place, refactor);
  late.change(uri, 2, { text: `${server}\n` });
  await assert.rejects(late.connection.sendRequest('codeAction/resolve', offered), { code: -32801 });
});

test('files that are not the user’s own, and places without a function, have none', async (t) => {
  const folder = folderOf(t, { 'testdata/a.go': server.replace('stuck()\n}', 'loop()\n}') });
  const uri = uriOfPath(`${folder}/testdata/a.go`);
  const editor = editorInProcess(t);
  await editor.initialize(disabling, [folder]);
  editor.open(uri, server);
  const [stuck] = await editor.codeActions(uri, rangeOf(server, 'loop'), refactor);
  assert.equal(stuck?.disabled?.reason, 'this file cannot be edited: it is not your own code, a.go:3');
  assert.deepEqual(await editor.codeActions(uri, rangeOf(server, 'package'), refactor), []);
});
