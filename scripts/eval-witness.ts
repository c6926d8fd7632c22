// npm run eval:witness -- [--runs N] [--only NAME,...]: whether what goleash repairs is repaired. Each leak kernel of the
// Go distribution for which a fix is offered is fixed on a copy, built with Go's goroutine leak profile, and run N times
// before and after. The fixes that are safe are tried first, then also those to review. Prints a table; nothing is asserted.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Kernel, kernelSources, kernelsIn, leaksIn, whyNoKernels } from './leak-kernels.ts';
import { type Row, type Runs, witnessTable } from './witness-table.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10' }, only: { type: 'string' } },
});
const runs = Number(values.runs);
const wanted = values.only?.split(',');
const reason = whyNoKernels();
if (reason !== undefined) {
  console.log(`skipped: ${reason}`);
  process.exit(0);
}

const work = mkdtempSync(join(tmpdir(), 'goleash-witness-'));
try {
  console.log(evaluate());
} finally {
  rmSync(work, { recursive: true, force: true });
}

function evaluate(): string {
  const original = layOut('original');
  const kernels = kernelsIn(original).filter(({ name }) => !wanted || wanted.includes(name));
  const rows: Row[] = [];
  let before = new Map(kernels.map((kernel) => [kernel.name, kernel]));
  for (const safety of ['safe', 'review'] as const) {
    const copy = layOut(safety);
    goleash(['fix', '-q', ...(safety === 'review' ? ['--unsafe'] : []), copy]);
    const offered = fixesIn(original, safety);
    const after = new Map(kernelsIn(copy).map((kernel) => [kernel.name, kernel]));
    for (const kernel of kernels) {
      const fixed = after.get(kernel.name);
      // With the fixes to review, only what they have changed beyond the safe ones is of interest.
      if (!fixed || !isChanged(before.get(kernel.name) ?? kernel, fixed)) continue;
      const fixes = offered
        .filter(({ file, line }) => isIn(kernel, original, file, line))
        .map(({ id }) => id);
      const row = {
        kernel: kernel.name,
        safety,
        fixes: [...new Set(fixes)],
        before: tryOut(original, kernel),
        after: tryOut(copy, fixed),
      };
      rows.push(row);
      process.stderr.write(`${safety} ${kernel.name}\n`);
    }
    before = after;
  }
  return witnessTable(rows, kernels.length, runs);
}

/** A copy of the kernels that can be changed. */
function layOut(name: string): string {
  const folder = join(work, name);
  cpSync(kernelSources(), folder, { recursive: true });
  const module = join(folder, 'go.mod');
  if (!existsSync(module)) writeFileSync(module, 'module kernels\n\ngo 1.26\n');
  return folder;
}

/** Runs goleash; its status says no more than that something is left. */
function goleash(args: readonly string[]): string {
  const command = ['--import', 'tsx', 'bin/goleash.ts', ...args];
  const { stdout, stderr, status } = spawnSync(process.execPath, command, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0 && status !== 1) throw new Error(`goleash ${args.join(' ')}: ${stderr}`);
  return stdout;
}

interface Offered {
  readonly file: string;
  readonly line: number;
  readonly id: string;
}

/** The fix of each finding that is taken where those of this safety are applied. */
function fixesIn(folder: string, safety: 'safe' | 'review'): readonly Offered[] {
  const lines = goleash(['check', '--format', 'jsonl', folder])
    .split('\n')
    .filter((line) => line !== '');
  return lines.flatMap((text): Offered[] => {
    const { file, line, fixes } = JSON.parse(text) as {
      file: string;
      line: number;
      fixes: { id: string; safety: string }[];
    };
    const fix = fixes.find((f) => safety === 'review' || f.safety === 'safe');
    return fix ? [{ file, line, id: fix.id }] : [];
  });
}

function isIn(kernel: Kernel, root: string, file: string, line: number): boolean {
  return join(root, kernel.file) === file && kernel.lines.some(([from, to]) => from <= line && line <= to);
}

function isChanged(before: Kernel, after: Kernel): boolean {
  const texts = new Set(before.texts);
  return texts.size !== new Set(after.texts).size || after.texts.some((text) => !texts.has(text));
}

/** Builds the program of a kernel, if it can be from its file alone, and runs it. */
function tryOut(root: string, kernel: Kernel): Runs {
  const program = join(work, 'program');
  const folder = join(root, kernel.folder);
  const env = { ...process.env, GOEXPERIMENT: 'goroutineleakprofile', GOFLAGS: '', GOWORK: 'off' };
  const files = ['main.go', kernel.file.slice(kernel.file.lastIndexOf('/') + 1)];
  try {
    execFileSync('go', ['build', '-o', program, ...files], { cwd: folder, env, stdio: 'pipe' });
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr ?? error).split('\n');
    return { failure: `does not build: ${said.find((line) => line.includes('.go:')) ?? said[0]}` };
  }
  const leaks: (readonly string[])[] = [];
  for (let i = 0; i < runs; i++) {
    // One processor makes the simple ones leak, several the others.
    const processors = i % 2 === 0 ? { GOMAXPROCS: '1' } : {};
    const { stdout, status, signal, stderr } = spawnSync(program, [kernel.name], {
      env: { ...env, GODEBUG: 'asyncpreemptoff=1', ...processors },
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      timeout: 60_000,
    });
    if (signal !== null) return { failure: 'does not end within a minute' };
    if (status !== 0)
      return { failure: `fails: ${stderr.split('\n').find((line) => line !== '') ?? status}` };
    leaks.push(leaksIn(stdout));
  }
  return { leaks };
}
