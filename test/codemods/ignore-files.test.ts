import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type IgnoreFiles,
  ignoreFilesAbove,
  isIgnored,
  withIgnoreFilesOf,
} from '../../codemods/ignore-files.ts';
import { tree } from './tree.ts';

/** The Go files below `root` that are not ignored, relative to it. */
function walk(root: string): string[] {
  const found: string[] = [];
  const visit = (directory: string, above: IgnoreFiles) => {
    const entries = readdirSync(directory, { withFileTypes: true });
    const files = withIgnoreFilesOf(
      above,
      directory,
      entries.map((entry) => entry.name),
    );
    for (const entry of entries) {
      const path = join(directory, entry.name);
      if (entry.name === '.git' || isIgnored(files, path, entry.isDirectory())) continue;
      if (entry.isDirectory()) visit(path, files);
      else if (entry.name.endsWith('.go')) found.push(path.slice(root.length + 1));
    }
  };
  visit(root, ignoreFilesAbove(root));
  return found.sort();
}

test('ignore files layer as they do in git', (t) => {
  const go = (...paths: string[]) => Object.fromEntries(paths.map((path) => [path, 'package p\n']));
  const root = tree(t, {
    '.gitignore':
      '# comment\n\n*.gen.go\n/build/\nbin\n!keep.gen.go\ndeep/**/skip.go\nUPPER.go\nnote.txt\n\\#odd.go\ntrailing.go   \n',
    'sub/.gitignore': '\uFEFF!again.gen.go\nlocal.go\n/only/x.go\n',
    'sub/inner/.gitignore': '!local.go\r\nbuild\r\n',
    ...go(
      'a.go',
      'a.gen.go',
      'keep.gen.go',
      'build/x.go',
      'bin/x.go',
      'sub/bin/y.go',
      'sub/build/x.go',
      'upper.go',
    ),
    ...go(
      'deep/skip.go',
      'deep/a/b/skip.go',
      'deep/a/b/see.go',
      'UPPER.go',
      '#odd.go',
      'trailing.go',
      'sub/again.gen.go',
    ),
    ...go(
      'sub/local.go',
      'sub/inner/local.go',
      'sub/only/x.go',
      'sub/inner/only/x.go',
      'sub/inner/build/z.go',
      'excluded.go',
    ),
  });
  const git = (...args: string[]) => spawnSync('git', ['-C', root, ...args], { encoding: 'utf8' });
  assert.equal(git('init', '-q').status, 0);
  writeFileSync(join(root, '.git/info/exclude'), 'excluded.go\n');
  const seenByGit = git('ls-files', '-co', '--exclude-standard', '-z', '*.go')
    .stdout.split('\0')
    .filter(Boolean)
    .sort();
  assert.deepEqual(walk(root), seenByGit);
  assert.ok(seenByGit.length > 5 && !seenByGit.includes('a.gen.go'));
});

test('an ignore file that lists what to keep', (t) => {
  const root = tree(t, {
    '.gitignore': '*\n!*/\n!*.go\n/secret\n',
    ...{ 'src/a.go': '', 'src/deep/b.go': '', 'src/c.txt': '', 'secret/d.go': '' },
  });
  assert.equal(spawnSync('git', ['init', '-q', root]).status, 0);
  assert.deepEqual(walk(root), ['src/a.go', 'src/deep/b.go']);
});

test('ignore files above the folder that is walked hold, unless they ignore that folder itself', (t) => {
  const root = tree(t, {
    '.gitignore': '*.gen.go\nout/\n',
    'pkg/a.go': '',
    'pkg/b.gen.go': '',
    'out/sub/c.go': '',
    'out/sub/d.gen.go': '',
  });
  spawnSync('git', ['init', '-q', root]);
  assert.deepEqual(walk(join(root, 'pkg')), ['a.go']);
  assert.deepEqual(walk(join(root, 'out/sub')), ['c.go', 'd.gen.go']);
});

test('outside a repository only ignore files in the walked tree hold', (t) => {
  const root = tree(t, {
    '.gitignore': 'a.go\n',
    'sub/a.go': '',
    'sub/b.go': '',
    'sub/.gitignore': 'b.go\n',
  });
  assert.deepEqual(walk(join(root, 'sub')), ['a.go']);
});

test('a worktree shares the exclude file of its repository', (t) => {
  const root = tree(t, {
    'main/a.go': '',
    'tree/a.go': '',
    'tree/b.go': '',
    'main/.git/info/exclude': 'b.go\n',
  });
  writeFileSync(join(root, 'tree/.git'), 'gitdir: ../main/.git/worktrees/tree\n');
  spawnSync('mkdir', ['-p', join(root, 'main/.git/worktrees/tree')]);
  writeFileSync(join(root, 'main/.git/worktrees/tree/commondir'), '../..\n');
  assert.deepEqual(walk(join(root, 'tree')), ['a.go']);
});
