import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Analysis, analyze, defaultConfig, type Library, sourceFile } from '../../analysis/index.ts';
import { goPackages } from '../../analysis/model/package.ts';
import { target } from '../support/go.ts';
import { library } from '../support/runtime.ts';

let std: Library;
before(async () => {
  std = await library();
});

const text = `package p

import (
	"context"
	"net/http"
	"os/exec"
)

var global context.Context

func put(ctx context.Context) error { return ctx.Err() }

func run(ctx context.Context) error {
	if err := put(context.Background()); err != nil {
		return err
	}
	return exec.Command("x").Run()
}

func status(u string) (string, error) {
	resp, err := http.Get(u)
	if err != nil {
		return "", err
	}
	return resp.Status, nil
}

func serve() error { return http.ListenAndServe(":80", nil) }
`;

function findings(path: string, moduleDirectory = '/src/test/m', source = text): Analysis['findings'] {
  const module = { path: 'example.com/m', directory: moduleDirectory, goVersion: '1.26' };
  const directory = path.slice(0, path.lastIndexOf('/'));
  const [pkg] = goPackages({ path: directory, files: [sourceFile(path, source)], module }, target);
  assert.ok(pkg);
  return analyze(pkg, { config: defaultConfig, library: std }).findings;
}

function shown(found: Analysis['findings']): string[] {
  return found.map((f) => `${f.severity} ${f.ruleId}`);
}

const inProduction = [
  'warning context-not-passed',
  'warning context-not-passed',
  'warning http-body-not-closed',
  'warning http-client-without-timeout',
  'warning http-server-without-timeout',
];

test('folders of tests inside the module hold code for tests', () => {
  const inTests = ['hint context-not-passed', 'hint context-not-passed', 'hint http-body-not-closed'];
  for (const folder of [
    'test',
    'tests/images',
    'pkg/testing',
    'e2e',
    'integration',
    'a/testutil/b',
    'testutils',
  ])
    assert.deepEqual(shown(findings(`/src/test/m/${folder}/a.go`)), inTests, folder);
});

test('other folders, and those above the module, do not', () => {
  for (const folder of ['pkg', 'contest', 'integrations', 'testify'])
    assert.deepEqual(shown(findings(`/src/test/m/${folder}/a.go`)).sort(), inProduction, folder);
  assert.deepEqual(shown(findings('/src/test/m/a.go')).sort(), inProduction);
});

test('a file that imports what only tests use is one of them', () => {
  const source = text.replace('"os/exec"', '"os/exec"\n\t_ "testing"');
  assert.equal(findings('/src/test/m/pkg/a.go', '/src/test/m', source).length, 3);
});

test('who passes a context of the package on tells lifetimes apart: a hint', () => {
  const source = text.replace('return exec.Command("x").Run()', 'return put(global)');
  const [found] = findings('/src/test/m/pkg/a.go', '/src/test/m', source);
  assert.equal(found?.severity, 'hint');
});
