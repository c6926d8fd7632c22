// npm run eval:kernels -- DIR: how many of the leak kernels that ship with Go goleash finds, and how many of their
// corrected twins it still accuses. DIR holds the truth, the twins and the scorer; the kernels come from the Go
// distribution of this machine and are laid out in a temporary folder.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { whyNoKernels } from './leak-kernels.ts';

const [given] = process.argv.slice(2);
if (!given) {
  console.error(
    'usage: npm run eval:kernels -- DIR, where DIR has prepare.sh, apply-fixed.mjs, score.mjs and truth.tsv',
  );
  process.exit(2);
}
const dir = resolve(given);
const reason = whyNoKernels();
if (reason !== undefined) {
  console.log(`skipped: ${reason}`);
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), 'goleash-kernels-'));
try {
  execFileSync('bash', [join(dir, 'prepare.sh'), folder], { stdio: 'ignore' });
  const root = join(folder, 'goroot');
  const twins = join(folder, 'twins');
  node([join(dir, 'apply-fixed.mjs'), '--corpus', 'goroot', '--root', root, '--out', twins]);
  console.log(score(root, check(root, 'kernels'), []));
  console.log(score(twins, check(twins, 'twins'), ['--fixed']));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function node(args: readonly string[]): string {
  return execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
}

/** Runs goleash over a folder; returns the file with its findings, one line of JSON each. */
function check(root: string, name: string): string {
  const out = join(folder, `${name}.jsonl`);
  const file = openSync(out, 'w');
  try {
    execFileSync(
      process.execPath,
      ['--import', 'tsx', 'bin/goleash.ts', 'check', '--format', 'jsonl', root],
      {
        stdio: ['ignore', file, 'ignore'],
      },
    );
  } catch {
    // Findings make it exit with 1.
  }
  return out;
}

function score(root: string, findings: string, more: readonly string[]): string {
  return node([join(dir, 'score.mjs'), '--corpus', 'goroot', '--root', root, ...more, findings, '--list']);
}
