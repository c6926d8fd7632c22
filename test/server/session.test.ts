import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { CodeAction } from 'vscode-languageserver-protocol';
import { uriOfPath } from '../../server/uri.ts';
import { edited, editorInProcess, everywhere, folderOf, modern, plain, rangeOf } from './support.ts';

const clientFile = `package p

import (
	"io"
	"net/http"
)

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
const cleanFile = 'package p\n\nfunc nothing() {}\n';
const rule = 'http-client-without-timeout';

test('says what it can do', async (t) => {
  const { capabilities, serverInfo } = await editorInProcess(t).initialize();
  assert.equal(serverInfo?.name, 'goleash');
  assert.match(serverInfo?.version ?? '', /^\d+\.\d+\.\d+/);
  assert.equal(capabilities.positionEncoding, 'utf-16');
  assert.deepEqual(capabilities.textDocumentSync, {
    openClose: true,
    change: 2,
    save: { includeText: false },
  });
  assert.deepEqual(capabilities.codeActionProvider, {
    codeActionKinds: ['quickfix', 'refactor.rewrite', 'source.fixAll.goleash'],
    resolveProvider: true,
  });
});

test('takes the encoding that the client likes best', async (t) => {
  const editor = editorInProcess(t);
  const { capabilities } = await editor.initialize({ general: { positionEncodings: ['utf-32', 'utf-16'] } });
  assert.equal(capabilities.positionEncoding, 'utf-32');
  const uri = 'untitled:a.go';
  const text = clientFile.replace('&http', '/* 🐹🐹🐹 */ &http');
  editor.open(uri, text);
  const [found] = (await editor.diagnostics(uri)).diagnostics;
  const end = text.indexOf('{}') + 2;
  const line = text.slice(text.lastIndexOf('\n', end - 1) + 1, end);
  assert.equal(found?.range.end.character, Array.from(line).length);
});

test('requests before initialize are refused, and so is a second one', async (t) => {
  const editor = editorInProcess(t);
  await assert.rejects(editor.codeActions('file:///a.go', everywhere), { code: -32002 });
  await editor.initialize();
  await assert.rejects(editor.connection.sendRequest('initialize', { capabilities: {} }), { code: -32600 });
});

test('what comes before the answer to initialize is not lost', async (t) => {
  const editor = editorInProcess(t);
  const answer = editor.connection.sendRequest('initialize', {
    processId: null,
    rootUri: null,
    capabilities: {},
  });
  void editor.connection.sendNotification('initialized', {});
  editor.open('untitled:a.go', clientFile);
  await answer;
  assert.equal((await editor.diagnostics('untitled:a.go')).diagnostics.length, 1);
});

test('publishes a finding with its rule, page, second place and data', async (t) => {
  const folder = folderOf(t, { 'a.go': clientFile });
  const uri = uriOfPath(`${folder}/a.go`);
  const editor = editorInProcess(t);
  await editor.initialize(modern, [folder]);
  editor.open(uri, clientFile);
  const { diagnostics, version } = await editor.diagnostics(uri);
  assert.equal(version, 1);
  assert.equal(diagnostics.length, 1);
  const [found] = diagnostics;
  assert.equal(found?.code, rule);
  assert.equal(found.source, 'goleash');
  assert.equal(found.severity, 2);
  assert.match(found.codeDescription?.href ?? '', new RegExp(`^https://.*/${rule}\\.md$`));
  assert.equal(found.range.start.line, 8);
  assert.equal(found.data.ruleId, rule);
  assert.ok(found.data.fixes.includes('set-timeout'));
  assert.match(found.data.fingerprint, /^[0-9a-f]{16}$/);
  const [second] = found.relatedInformation ?? [];
  if (second) {
    assert.equal(second.location.uri, uri);
    const message = String(found.message);
    assert.ok(message.includes(second.message));
    assert.match(message, /\(a\.go:\d+\)$/);
  }
});

test('the steps that lead to a leak are related information, numbered', async (t) => {
  const text = 'package p\n\nfunc leak() {\n\tc := make(chan int)\n\tgo func() { c <- 1 }()\n}\n';
  const folder = folderOf(t, { 'a.go': text });
  const uri = uriOfPath(`${folder}/a.go`);
  const editor = editorInProcess(t);
  await editor.initialize(modern, [folder]);
  editor.open(uri, text);
  const [found] = (await editor.diagnostics(uri)).diagnostics;
  assert.equal(found?.code, 'leaked-sender');
  assert.deepEqual(
    found.relatedInformation?.map(({ message, location }) => [location.range.start.line, message]),
    [
      [4, '1. leak starts goroutine 1'],
      [5, '2. leak returns'],
      [4, '3. goroutine 1 waits here for ever'],
    ],
  );
});

test('a client without related information gets none, and the second place in the message', async (t) => {
  const uri = 'untitled:Untitled-1';
  const editor = editorInProcess(t);
  await editor.initialize(plain);
  editor.open(uri, clientFile);
  const [found] = (await editor.diagnostics(uri)).diagnostics;
  assert.equal(found?.relatedInformation, undefined);
  assert.equal(found?.code, rule);
});

test('the unsaved text counts, and each version is published once', async (t) => {
  const folder = folderOf(t, { 'a.go': cleanFile });
  const uri = uriOfPath(`${folder}/a.go`);
  const editor = editorInProcess(t);
  await editor.initialize();
  editor.open(uri, cleanFile);
  assert.deepEqual((await editor.diagnostics(uri)).diagnostics, []);
  editor.change(uri, 2, { text: clientFile });
  const first = await editor.diagnostics(uri, (p) => p.version === 2);
  assert.equal(first.diagnostics.length, 1);
  const line = { line: 1, character: 0 };
  editor.change(uri, 3, { range: { start: line, end: line }, text: '// moved\n' });
  const second = await editor.diagnostics(uri, (p) => p.version === 3);
  assert.equal(second.diagnostics[0]?.range.start.line, 9);
  assert.equal(second.diagnostics[0]?.data.fingerprint, first.diagnostics[0]?.data.fingerprint);
  editor.close(uri);
  assert.deepEqual((await editor.diagnostics(uri, (p) => p.version === undefined)).diagnostics, []);
  assert.deepEqual(
    editor.published.map((p) => p.version),
    [1, 2, 3, undefined],
  );
});

test('many changes are analysed as one', async (t) => {
  const uri = 'untitled:a.go';
  const editor = editorInProcess(t);
  await editor.initialize();
  editor.open(uri, clientFile);
  await editor.diagnostics(uri);
  for (let version = 2; version <= 30; version++) {
    editor.change(uri, version, {
      range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } },
      text: '//\n',
    });
  }
  const last = await editor.diagnostics(uri, (p) => p.version === 30);
  assert.equal(last.diagnostics[0]?.range.start.line, 37);
  assert.ok(editor.published.length <= 3, `${editor.published.length} publications`);
});

test('one document changes what is found in another', async (t) => {
  const shadow = 'package p\n\nvar unrelated = 1\n';
  const folder = folderOf(t, { 'a.go': clientFile, 'b.go': shadow });
  const [a, b] = [uriOfPath(`${folder}/a.go`), uriOfPath(`${folder}/b.go`)];
  const editor = editorInProcess(t);
  await editor.initialize();
  editor.open(a, clientFile);
  editor.open(b, shadow);
  assert.equal((await editor.diagnostics(a)).diagnostics.length, 1);
  await editor.diagnostics(b);
  const count = editor.published.length;
  editor.change(b, 2, { text: `${shadow}// more\n` });
  await editor.diagnostics(b, (p) => p.version === 2);
  const actions = await editor.codeActions(a, everywhere, ['quickfix']);
  assert.ok(actions.length > 0);
  assert.equal(
    editor.published.length,
    count + 1,
    'nothing is said again about a document in which nothing changed',
  );
});

test('a file on disk is read again when it changes', async (t) => {
  const folder = folderOf(t, { 'a.go': clientFile, '.goleash.yaml': 'rules: {}\n' });
  const uri = uriOfPath(`${folder}/a.go`);
  const editor = editorInProcess(t);
  await editor.initialize({ ...modern, workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } });
  editor.open(uri, clientFile);
  assert.equal((await editor.diagnostics(uri)).diagnostics.length, 1);
  assert.ok(editor.registered.includes('workspace/didChangeWatchedFiles'));
  const config = `${folder}/.goleash.yaml`;
  writeFileSync(config, `rules:\n  ${rule}: "off"\n`);
  const changed = { changes: [{ uri: uriOfPath(config), type: 2 }] };
  void editor.connection.sendNotification('workspace/didChangeWatchedFiles', changed);
  await editor.diagnostics(uri, (p) => p.diagnostics.length === 0);
  writeFileSync(config, 'rules:\n  no-such-rule: error\n');
  editor.save(uri);
  await editor.diagnostics(uri, (p) => p === editor.published.at(-1) && p.diagnostics.length === 1);
  assert.match(editor.shown[0] ?? '', /\.goleash\.yaml:2:3: .*no-such-rule/);
  rmSync(config);
});

test('what another package declares is read from disk, again after it was saved', async (t) => {
  const other = (type: string) => `package other

import "database/sql"

type fake struct{ db sql.DB }

func Open() *${type} { return nil }
`;
  const text = `package p

import (
	"context"

	"example.com/m/other"
)

func run(ctx context.Context) error {
	_, err := other.Open().Exec("delete from t")
	return err
}
`;
  const folder = folderOf(t, { 'a.go': text, 'other/other.go': other('sql.DB') });
  const [a, b] = [uriOfPath(`${folder}/a.go`), uriOfPath(`${folder}/other/other.go`)];
  const editor = editorInProcess(t);
  await editor.initialize(modern, [folder]);
  editor.open(b, other('sql.DB'));
  editor.open(a, text);
  const codes = (await editor.diagnostics(a)).diagnostics.map((d) => d.code);
  assert.deepEqual(codes, ['context-not-passed']);
  writeFileSync(`${folder}/other/other.go`, other('fake'));
  editor.change(b, 2, { text: other('fake') });
  editor.save(b);
  await editor.diagnostics(a, (p) => p === editor.published.at(-1) && p.diagnostics.length === 0);
});

test('code of others is not reported on, test data is not edited', async (t) => {
  const folder = folderOf(t, {});
  const editor = editorInProcess(t);
  await editor.initialize(modern, [folder]);
  const vendored = uriOfPath(`${folder}/vendor/x.org/p/a.go`);
  const data = uriOfPath(`${folder}/testdata/a.go`);
  editor.open(vendored, clientFile);
  editor.open(
    data,
    'package p\n\nimport "context"\n\nfunc f(ctx context.Context) context.Context {\n\tctx, _ = context.WithCancel(ctx)\n\treturn ctx\n}\n',
  );
  assert.deepEqual((await editor.diagnostics(vendored)).diagnostics, []);
  const { diagnostics } = await editor.diagnostics(data);
  assert.equal(diagnostics.length, 1);
  assert.deepEqual(diagnostics[0]?.data.fixes, []);
  assert.deepEqual(await editor.codeActions(data, everywhere), []);
});

test('a file that is excluded is silent', async (t) => {
  const folder = folderOf(t, { '.goleash.yaml': 'exclude: [gen/]\n', 'gen/a.go': clientFile });
  const uri = uriOfPath(`${folder}/gen/a.go`);
  const editor = editorInProcess(t);
  await editor.initialize();
  editor.open(uri, clientFile);
  assert.deepEqual((await editor.diagnostics(uri)).diagnostics, []);
});

test('quick fixes carry versioned edits on request, and the result is the fixed text', async (t) => {
  const folder = folderOf(t, { 'a.go': '' });
  const uri = uriOfPath(`${folder}/a.go`);
  const editor = editorInProcess(t);
  await editor.initialize();
  editor.open(uri, clientFile, 7);
  const { diagnostics } = await editor.diagnostics(uri);
  const actions = await editor.codeActions(uri, rangeOf(clientFile, 'Client{'), ['quickfix']);
  const preferred = actions.filter((action) => action.isPreferred);
  assert.equal(preferred.length, 1);
  const [action] = preferred;
  assert.ok(action);
  assert.equal(action.kind, 'quickfix');
  assert.equal(action.edit, undefined);
  assert.deepEqual(action.diagnostics, diagnostics);
  for (const other of actions) if (!other.isPreferred) assert.match(other.title, / \(review\)$/);
  const resolved = await editor.connection.sendRequest<CodeAction>('codeAction/resolve', action);
  const [change] = resolved.edit?.documentChanges ?? [];
  assert.ok(change && 'textDocument' in change);
  assert.equal(change.textDocument.version, 7);
  assert.match(edited(clientFile, uri, resolved.edit), /&http\.Client\{Timeout: /);

  assert.deepEqual(await editor.codeActions(uri, rangeOf(clientFile, 'package'), ['quickfix']), []);
  assert.deepEqual(await editor.codeActions(uri, everywhere, ['refactor']), []);
  editor.change(uri, 8, { text: cleanFile });
  await assert.rejects(editor.connection.sendRequest('codeAction/resolve', action), { code: -32801 });
});

test('a plain client gets edits at once, by URI', async (t) => {
  const uri = 'untitled:a.go';
  const editor = editorInProcess(t);
  const { capabilities } = await editor.initialize(plain);
  assert.deepEqual(capabilities.codeActionProvider, {
    codeActionKinds: ['quickfix', 'refactor.rewrite', 'source.fixAll.goleash'],
    resolveProvider: false,
  });
  editor.open(uri, clientFile);
  const actions = await editor.codeActions(uri, everywhere);
  const quick = actions.find((action) => action.isPreferred);
  const all = actions.find((action) => action.kind === 'source.fixAll.goleash');
  assert.match(edited(clientFile, uri, quick?.edit), /Timeout/);
  assert.equal(edited(clientFile, uri, all?.edit), edited(clientFile, uri, quick?.edit));
});

test('fix all applies every safe fix and leaves the rest of the text alone', async (t) => {
  const second = clientFile.slice(clientFile.indexOf('func')).replace('fetch', 'again');
  const middle = Array.from({ length: 30 }, (_, i) => `// ${i} 🐹`).join('\r\n');
  const text = `${clientFile}\n${middle}\n\n${second}`;
  const uri = 'untitled:a.go';
  const editor = editorInProcess(t);
  await editor.initialize({ ...modern, textDocument: plain.textDocument ?? {} });
  editor.open(uri, text);
  const actions = await editor.codeActions(uri, rangeOf(text, 'package'), ['source.fixAll']);
  assert.deepEqual(
    actions.map((action) => action.kind),
    ['source.fixAll.goleash'],
  );
  const fixed = edited(text, uri, actions[0]?.edit);
  assert.equal(fixed.match(/Client\{Timeout/g)?.length, 2);
  assert.ok(fixed.includes(middle));
  const [change] = actions[0]?.edit?.documentChanges ?? [];
  assert.ok(change && 'edits' in change && JSON.stringify(change.edits).length < 1000);
  editor.change(uri, 2, { text: fixed });
  assert.deepEqual(await editor.codeActions(uri, everywhere, ['source.fixAll.goleash']), []);
  assert.deepEqual((await editor.diagnostics(uri, (p) => p.version === 2)).diagnostics, []);
});

test('changes that do not fit silence the document until it is whole again', async (t) => {
  const folder = folderOf(t, { 'a.go': clientFile });
  const uri = uriOfPath(`${folder}/a.go`);
  const editor = editorInProcess(t);
  await editor.initialize();
  editor.open(uri, clientFile, 5);
  assert.equal((await editor.diagnostics(uri)).diagnostics.length, 1);
  const far = { line: 5000, character: 0 };
  editor.change(uri, 6, { range: { start: far, end: far }, text: 'x' });
  assert.deepEqual((await editor.diagnostics(uri, (p) => p.version === 6)).diagnostics, []);
  assert.match(editor.logged.join('\n'), /does not fit/);
  editor.save(uri);
  await editor.diagnostics(uri, (p) => p === editor.published.at(-1) && p.diagnostics.length === 1);
  editor.change(uri, 3, { range: everywhere, text: cleanFile });
  await editor.diagnostics(uri, (p) => p.version === 3 && p.diagnostics.length === 0);
  editor.change(uri, 4, { text: clientFile });
  assert.equal((await editor.diagnostics(uri, (p) => p.version === 4)).diagnostics.length, 1);
  assert.match(editor.logged.join('\n'), /version 3 follows version 6/);
});

test('nonsense is survived', async (t) => {
  const editor = editorInProcess(t);
  await editor.initialize();
  const never = 'file:///never/opened.go';
  editor.change(never, 2, { text: 'x' });
  editor.save(never);
  editor.close(never);
  assert.deepEqual(await editor.codeActions(never, everywhere), []);
  editor.open('file:///no/such/folder/a.go', clientFile);
  editor.open('file:///no/such/folder/a.go', clientFile, 2);
  editor.open('file:///nul%00byte/a.go', clientFile);
  editor.open('untitled:\u0000', '\u0000\uFFFF\uD800', 1);
  editor.open('untitled:null', cleanFile);
  const whole = { range: null, text: clientFile } as unknown as { text: string };
  editor.change('untitled:null', 2, whole);
  assert.equal((await editor.diagnostics('untitled:null', (p) => p.version === 2)).diagnostics.length, 1);
  editor.open('untitled:half', 'package p\nimport "net/http"\nfunc f() { _ = http.Client{', 1);
  assert.equal(
    (await editor.diagnostics('file:///no/such/folder/a.go', (p) => p.version === 2)).diagnostics.length,
    1,
  );
  await editor.diagnostics('untitled:half');
  await assert.rejects(editor.connection.sendRequest('codeAction/resolve', { title: 'x' }), { code: -32801 });
});
