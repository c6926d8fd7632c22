// The hook, the action and the examples of docs/ci.md: that they are what they should be, and that the action's script runs.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { lostCancel } from './codemods/command.ts';
import { repository } from './codemods/git.ts';
import { tree } from './codemods/tree.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

interface Action {
  inputs: Record<string, { description: string; default: string }>;
  outputs: Record<string, { value: string }>;
  runs: { using: string; steps: { id: string; shell: string; run: string; env: Record<string, string> }[] };
}

const action = parse(readFileSync('action.yml', 'utf8')) as Action;

/** A PATH whose `npx` runs this code and notes what was asked for. */
function withNpx(t: TestContext): string {
  const folder = tree(t, {});
  const script = `#!/usr/bin/env bash
echo "$*" >> ${folder}/asked
shift 2
exec ${process.execPath} --import ${import.meta.resolve('tsx')} ${resolve('bin/goleash.ts')} "$@"
`;
  writeFileSync(join(folder, 'npx'), script);
  chmodSync(join(folder, 'npx'), 0o755);
  return folder;
}

test('the action runs what the package is, and hands inputs over as data', async (t) => {
  assert.equal(action.runs.using, 'composite');
  assert.equal(action.inputs['version']?.default, version);
  const [step] = action.runs.steps;
  assert.ok(step && !step.run.includes('${{'), 'an input in the script would be a part of it');
  const { cwd, git } = repository(t, { 'old file.go': lostCancel(), 'sub/b.go': 'package sub\n' });
  git('checkout', '-q', '-b', 'work');
  writeFileSync(join(cwd, 'sub/b.go'), lostCancel('sub'));
  const bin = withNpx(t);
  const out = tree(t, {});
  const run = (inputs: Record<string, string>) => {
    const given = Object.fromEntries(
      Object.entries(step.env).map(([name, value]) => {
        const input = /inputs\.([\w-]+)/.exec(value)?.[1] ?? '';
        assert.ok(action.inputs[input], value);
        return [name, inputs[input] ?? action.inputs[input]?.default ?? ''];
      }),
    );
    const files = { GITHUB_OUTPUT: join(out, 'output'), GITHUB_STEP_SUMMARY: join(out, 'summary.md') };
    return spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', step.run], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, ...given, ...files, RUNNER_TEMP: out, PATH: `${bin}:${process.env['PATH']}` },
    });
  };
  const all = run({ args: '--severity hint' });
  assert.deepEqual([all.status, all.stderr], [1, '']);
  assert.deepEqual(all.stdout.match(/file=[^,]+/g), ['file=old file.go', 'file=sub/b.go']);
  const sarif = join(out, 'goleash.sarif');
  assert.equal(JSON.parse(readFileSync(sarif, 'utf8')).runs[0].results.length, 2);
  assert.equal(readFileSync(join(out, 'output'), 'utf8'), `sarif=${sarif}\n`);
  assert.match(readFileSync(join(out, 'summary.md'), 'utf8'), /^### goleash: 2 findings/);
  const fresh = run({ 'new-from': 'main', paths: 'sub' });
  assert.deepEqual(fresh.stdout.match(/file=[^,]+/g), ['file=sub/b.go']);
  const sly = run({ paths: ['$(touch$', '{IFS}sly) ;touch'].join('') });
  assert.equal(sly.status, 2);
  assert.match(sly.stderr, /touch/);
  assert.match(readFileSync(join(bin, 'asked'), 'utf8'), new RegExp(`^--yes goleash@${version} check `));
});

test('the hook runs what the package is, on Go files', (t) => {
  const hooks = parse(readFileSync('.pre-commit-hooks.yaml', 'utf8')) as Record<string, unknown>[];
  const [hook] = hooks;
  assert.deepEqual(
    [hooks.length, hook?.['id'], hook?.['language'], hook?.['types']],
    [1, 'goleash', 'system', ['go']],
  );
  const entry = String(hook?.['entry']).split(' ');
  assert.equal(entry[2], `goleash@${version}`);
  const cwd = tree(t, { 'a.go': lostCancel(), 'b.go': lostCancel().replace('Use', 'Other') });
  const bin = withNpx(t);
  const ran = spawnSync('bash', ['-c', '"$@"', 'hook', ...entry, 'b.go'], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
  });
  assert.equal(ran.status, 1);
  assert.match(ran.stdout, /^b\.go:9:/);
  assert.doesNotMatch(ran.stdout, /a\.go/);
});

test('the examples of docs/ci.md are YAML, name this version and options that there are', () => {
  const text = readFileSync('docs/ci.md', 'utf8');
  for (const [, example] of text.matchAll(/```yaml\n([\s\S]*?)```/g)) assert.ok(parse(example ?? ''));
  const versions = [...text.matchAll(/goleash@v?([\d.]+\d)/g)].map(([, named]) => named);
  assert.ok(versions.length > 5);
  assert.deepEqual(new Set(versions), new Set([version]));
  const main = readFileSync(fileURLToPath(new URL('../codemods/main.ts', import.meta.url)), 'utf8');
  const used = [...text.matchAll(/goleash(?:@[\d.]+)? (?:check|merge) ([^\n`]*)/g)].flatMap(([, rest]) =>
    [...(rest ?? '').replace(/\|.*/, '').matchAll(/--[a-z-]+/g)].map(([option]) => option),
  );
  assert.ok(used.length > 8);
  for (const option of new Set(used)) assert.ok(main.includes(option), option);
});
