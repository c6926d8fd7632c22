import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rules } from '../../analysis/index.ts';
import { shells } from '../../codemods/completion.ts';
import { goleash } from './command.ts';
import { tree } from './tree.ts';

const has = (shell: string) => spawnSync(shell, ['-c', 'exit'], { stdio: 'ignore' }).status === 0;

test('in bash commands, options, their values, rules and files are completed', {
  skip: !has('bash') && 'no bash here',
}, async (t) => {
  const cwd = tree(t, { 'my file.go': '', 'other.go': '' });
  const { status, out } = await goleash(['completion', 'bash'], { cwd });
  assert.equal(status, 0);
  writeFileSync(join(cwd, 'completion.bash'), out);
  const complete = (...words: string[]) => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const script = `set -u; source completion.bash; COMP_WORDS=(goleash ${quoted}); COMP_CWORD=${words.length}; _goleash; printf '%s\\n' "\${COMPREPLY[@]+"\${COMPREPLY[@]}"}"`;
    const ran = spawnSync('bash', ['--norc', '-c', script], { cwd, encoding: 'utf8' });
    assert.equal(ran.stderr, '');
    return ran.stdout.split('\n').filter((line) => line !== '');
  };
  assert.deepEqual(complete('exp'), ['explain']);
  assert.deepEqual(complete('my'), ['my file.go'], 'check is the default command');
  assert.deepEqual(complete('explain', 'lost'), ['lost-cancel']);
  assert.deepEqual(complete('explain', 'other'), [], 'a rule is no file');
  assert.deepEqual(complete('check', '--new'), ['--new-from']);
  assert.deepEqual(complete('check', '--format', 'ch'), ['checkstyle']);
  assert.deepEqual(complete('-f', 'sa'), ['sarif']);
  assert.deepEqual(complete('rules', '-f', ''), ['text', 'json']);
  assert.deepEqual(
    complete('fix', '--rule', ''),
    rules.map(({ id }) => id),
  );
  assert.deepEqual(complete('fix', '--new'), [], 'it is an option of another command');
  assert.deepEqual(complete('check', '-o', 'oth'), ['other.go']);
});

for (const shell of shells) {
  test(`${shell} is told of every command, option and rule`, async (t) => {
    const { out } = await goleash(['completion', shell], { cwd: tree(t, {}) });
    const words = new Set(out.split(/[^\w-]+/));
    const option = (name: string) => (shell === 'fish' ? name.slice(2) : name);
    for (const word of ['check', 'completion', 'sarif', option('--ratchet'), ...rules.map(({ id }) => id)])
      assert.ok(words.has(word), word);
  });

  test(`${shell} can read its script`, {
    skip: (shell === 'pwsh' || !has(shell)) && `no ${shell} here`,
  }, async (t) => {
    const cwd = tree(t, {});
    writeFileSync(join(cwd, 'script'), (await goleash(['completion', shell], { cwd })).out);
    const { status, stderr } = spawnSync(shell, ['-n', 'script'], { cwd, encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
  });
}

test('another shell is refused with the ones there are', async (t) => {
  const { status, err } = await goleash(['completion', 'tcsh'], { cwd: tree(t, {}) });
  assert.equal(status, 2);
  assert.match(err, /Allowed choices are bash, zsh, fish, pwsh/);
});
