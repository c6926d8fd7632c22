// The published package: packed, installed into an empty folder with scripts disabled, and run from there.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { publint } from 'publint';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import './support/built.ts';

const folder = mkdtempSync(join(tmpdir(), 'goleash-pack-'));
const command = join(folder, 'node_modules', 'goleash', 'dist', 'goleash.js');
after(() => rmSync(folder, { recursive: true, force: true }));

before(() => {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  npm('.', 'pack', '--ignore-scripts', '--pack-destination', folder);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'no tarball';
  npm(folder, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', `./${tarball}`);
  mkdirSync(join(folder, 'code'));
  writeFileSync(join(folder, 'code', 'go.mod'), 'module example.com/code\n\ngo 1.26\n');
  writeFileSync(
    join(folder, 'code', 'main.go'),
    'package main\n\nimport "context"\n\nfunc main() {\n\tctx, _ := context.WithCancel(context.Background())\n\t<-ctx.Done()\n}\n',
  );
});

test('nothing but goleash is installed, without sources and tests', () => {
  assert.deepEqual(
    readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.')),
    ['goleash'],
  );
  const shipped = readdirSync(join(folder, 'node_modules', 'goleash')).sort();
  assert.deepEqual(shipped, ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'package.json']);
});

test('publint has nothing to say', async () => {
  const { messages } = await publint({ pkgDir: join(folder, 'node_modules', 'goleash'), pack: false });
  assert.deepEqual(messages, []);
});

test('check finds the defect and exits with 1', () => {
  const run = spawnSync(process.execPath, [command, 'check', '--format', 'jsonl', '.'], {
    cwd: join(folder, 'code'),
    encoding: 'utf8',
  });
  assert.equal(run.status, 1, run.stderr);
  const findings = run.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { ruleId: string; line: number });
  assert.deepEqual(
    findings.map(({ ruleId, line }) => ({ ruleId, line })),
    [{ ruleId: 'lost-cancel', line: 6 }],
  );
});

test('the installed command line link runs', () => {
  const link = join(folder, 'node_modules', '.bin', 'goleash');
  const run = spawnSync(link, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
  assert.equal(run.status, 0, run.stderr);
  assert.match(run.stdout, /\d+\.\d+\.\d+/);
});

test('lsp answers the handshake and leaves when told', async () => {
  const server = spawn(process.execPath, [command, 'lsp', '--stdio'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = new Promise<number | null>((resolve) => server.once('exit', resolve));
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  connection.listen();
  try {
    const rootUri = pathToFileURL(join(folder, 'code')).href;
    const result = await connection.sendRequest<{
      capabilities: Record<string, unknown>;
      serverInfo?: { name: string };
    }>('initialize', { processId: process.pid, rootUri, capabilities: {} });
    assert.equal(result.serverInfo?.name, 'goleash');
    assert.ok(result.capabilities['textDocumentSync']);
    await connection.sendNotification('initialized', {});
    await connection.sendRequest('shutdown');
    await connection.sendNotification('exit');
    assert.equal(await exited, 0);
  } finally {
    connection.dispose();
    server.kill();
  }
});

function npm(cwd: string, ...args: readonly string[]): void {
  const run = spawnSync('npm', args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
  assert.equal(run.status, 0, `npm ${args.join(' ')}\n${run.stdout}${run.stderr}`);
}
