// Fixes are taken up the ladder of verification before they are written, by the commands that write.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { goleash, lostCancel } from './command.ts';
import { tree } from './tree.ts';

const hasGo = spawnSync('go', ['version']).status === 0;
const skip = hasGo ? false : 'Go is not installed';
const { PATH = '', HOME = '', GOCACHE = '' } = process.env;
const env = { PATH, HOME, ...(GOCACHE ? { GOCACHE } : {}) };

const client = `package p

import "net/http"

func Client() *http.Client {
	return &http.Client{}
}

func Get(url string) (*http.Response, error) {
	return Client().Get(url)
}
`;

const clientTest = `package p

import "testing"

func TestNoTimeout(t *testing.T) {
	if Client().Timeout != 0 {
		t.Fatal("downloads take long")
	}
}
`;

const files = { 'go.mod': 'module example.com/m\n\ngo 1.21\n', 'a/a.go': lostCancel('a'), 'p/p.go': client };

test('what is written was built and vetted, and the report says so', { skip }, async (t) => {
  const cwd = tree(t, files);
  const { out } = await goleash(['fix', '--unsafe'], { cwd, env });
  assert.match(out, /^2 changes built and vetted$/m);
});

test('without Go, and if it is told so, the report says that nothing was compiled', async (t) => {
  const cwd = tree(t, files);
  const { out } = await goleash(['fix', '--rule', 'lost-cancel'], { cwd, env: { PATH: '' } });
  assert.match(out, /^1 change analysed again; not compiled: there is no go command/m);
  const again = await goleash(['fix', '--unsafe', '--no-compile', '--allow-dirty'], { cwd, env });
  assert.match(again.out, /^1 change analysed again$/m);
});

test('a plan says how far each change was checked', { skip }, async (t) => {
  const cwd = tree(t, files);
  const { out } = await goleash(['plan', '--unsafe'], { cwd, env });
  const { changes } = JSON.parse(out) as { changes: { verified: { rung: string } }[] };
  assert.deepEqual(
    changes.map(({ verified }) => verified.rung),
    ['compiler', 'compiler'],
  );
});

test('a fix with which a test fails is backed out alone, with what the test said', { skip }, async (t) => {
  const cwd = tree(t, { ...files, 'p/p_test.go': clientTest });
  const { out } = await goleash(['fix', '--unsafe', '--test'], { cwd, env });
  assert.match(out, /^a\/a\.go: defer-cancel \(lost-cancel\)$/m);
  assert.match(out, /^p\/p\.go:6:\d+: set-timeout was backed out: .*TestNoTimeout/m);
  assert.match(out, /^ {4}.*downloads take long/m);
  assert.equal(readFileSync(join(cwd, 'p/p.go'), 'utf8'), client);
  assert.match(readFileSync(join(cwd, 'a/a.go'), 'utf8'), /defer cancel\(\)/);
});

test('build tags say which files are analysed and built', { skip }, async (t) => {
  const tagged = `//go:build special\n\n${lostCancel('t')}`;
  const cwd = tree(t, { 'go.mod': files['go.mod'], 't/t.go': tagged });
  const untagged = await goleash(['plan'], { cwd, env });
  assert.match(untagged.out, /not compiled: /);
  const planned = await goleash(['plan', '--tags', 'special'], { cwd, env });
  assert.match(planned.out, /"rung": "compiler"/);
  const byFlags = await goleash(['plan'], { cwd, env: { ...env, GOFLAGS: '-tags=special' } });
  assert.match(byFlags.out, /"rung": "compiler"/);
});
