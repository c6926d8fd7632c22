// npm run oracle -- DIR [PATTERN...]: compares the names and types of the model with those of the Go type checker
// (test/oracle, a Go module of its own) and prints how many are the same, unknown and wrong, with examples.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultConfig, type GoModule, goPackages, type Library, sourceFile } from '../analysis/index.ts';
import { type Code, codeOf } from '../analysis/model/code.ts';
import { worldOf } from '../analysis/model/package-index.ts';
import { show } from '../analysis/model/types.ts';
import { findGoModule } from '../analysis/node/files.ts';
import { moduleLibrary } from '../analysis/node/packages.ts';
import { loadRuntime } from '../analysis/node/runtime.ts';
import { descendants, type Node } from '../analysis/syntax/node.ts';

interface Fact {
  readonly start: number;
  readonly end: number;
  readonly kind: 'operand' | 'callee';
  readonly truth: string;
}

interface Tally {
  same: number;
  unknown: number;
  wrong: number;
  readonly examples: { readonly unknown: string[]; readonly wrong: string[] };
}

const wrappers = new Set([
  'expression_list',
  'argument_list',
  'literal_element',
  'expression_statement',
  'type_elem',
  'statement_list',
]);

const [directory, ...patterns] = process.argv.slice(2);
if (!directory) {
  console.error('usage: npm run oracle -- DIR [PATTERN...]');
  process.exit(2);
}
const library = await loadRuntime();
const facts = runOracle(resolve(directory), patterns.length > 0 ? patterns : ['./...']);
const tallies = { operand: tally(), callee: tally(), inModule: tally() };
const byDirectory = new Map<string, string[]>();
for (const file of facts.keys())
  byDirectory.set(dirname(file), [...(byDirectory.get(dirname(file)) ?? []), file]);
const modules = new Map();
for (const [dir, files] of byDirectory) compareDirectory(dir, new Set(files), library);
console.log(`${facts.size} files`);
for (const [name, t] of Object.entries(tallies)) print(name, t);

function tally(): Tally {
  return { same: 0, unknown: 0, wrong: 0, examples: { unknown: [], wrong: [] } };
}

/** The facts of the Go type checker, by file. */
function runOracle(dir: string, wanted: readonly string[]): Map<string, Fact[]> {
  const source = fileURLToPath(new URL('../test/oracle', import.meta.url));
  const binary = join(mkdtempSync(join(tmpdir(), 'goleash-oracle-')), 'oracle');
  const built = spawnSync('go', ['build', '-o', binary, '.'], { cwd: source, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`go build of test/oracle failed:\n${built.stderr}`);
  const run = spawnSync(binary, [dir, ...wanted], { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (run.status !== 0) throw new Error(`the oracle failed on ${dir}:\n${run.stderr}`);
  const found = new Map<string, Fact[]>();
  for (const line of run.stdout.split('\n')) {
    const [file, start, end, kind, truth] = line.split('\t');
    if (!file?.startsWith(dir) || truth === undefined) continue;
    const list = found.get(file) ?? [];
    list.push({ start: Number(start), end: Number(end), kind: kind as Fact['kind'], truth });
    found.set(file, list);
  }
  return found;
}

function compareDirectory(dir: string, wanted: ReadonlySet<string>, std: Library): void {
  const found = findGoModule(dir, modules);
  const module = found && !('broken' in found) ? (found as GoModule) : undefined;
  const files = readdirSync(dir)
    .filter((name) => name.endsWith('.go'))
    .map((name) => sourceFile(`${dir}/${name}`, readFileSync(`${dir}/${name}`, 'utf8')));
  const visible = moduleLibrary(std, module, { os: 'linux', arch: 'amd64', tags: [], cgo: true });
  for (const pkg of goPackages(
    { path: dir, files, module },
    { os: 'linux', arch: 'amd64', tags: [], cgo: true },
  )) {
    const context = { pkg, world: worldOf(pkg, visible), config: defaultConfig, codes: new Map() };
    for (const file of pkg.files) {
      if (!wanted.has(file.path)) continue;
      const offset = utf16(file.text);
      const own = (facts.get(file.path) ?? []).map((f) => ({
        ...f,
        start: offset(f.start),
        end: offset(f.end),
      }));
      file.declarations.forEach((declaration, i) => {
        const base = file.starts[i] ?? 0;
        const inside = own.filter((f) => f.start >= base && f.end <= base + declaration.text.length);
        const code = inside.length > 0 ? codeOf(file, declaration, context)?.code : undefined;
        if (code)
          compareFacts(
            code,
            inside.map((f) => ({ ...f, start: f.start - base, end: f.end - base })),
            module?.path ?? '?',
          );
      });
    }
  }
}

function compareFacts(code: Code, inside: readonly Fact[], modulePath: string): void {
  const nodes = new Map<string, Node>();
  for (const node of descendants(code.root))
    if (!wrappers.has(node.kind))
      nodes.set(`${node.start}:${node.end}`, nodes.get(`${node.start}:${node.end}`) ?? node);
  for (const fact of inside) {
    const node = nodes.get(`${fact.start}:${fact.end}`);
    const text = code.root.tree.text.slice(fact.start, fact.end);
    if (!node || text === 'nil') continue;
    const ours = fact.kind === 'operand' ? show(code.typeOf(node)) : (code.calleeOf(node)?.name ?? '-');
    const where = `${basename(code.file.path)}: ${text.replaceAll(/\s+/g, ' ').slice(0, 70)}  ours ${ours}  Go ${fact.truth}`;
    count(tallies[fact.kind], ours, fact.truth, where);
    const isInModule =
      modulePath === 'std' ? !fact.truth.startsWith('builtin.') : fact.truth.startsWith(modulePath);
    if (fact.kind === 'callee' && isInModule && fact.truth !== '-')
      count(tallies.inModule, ours, fact.truth, where);
  }
}

function count(into: Tally, ours: string, truth: string, where: string): void {
  if (ours === truth) into.same++;
  else if (ours.includes('?') || ours === '-') {
    into.unknown++;
    into.examples.unknown.push(where);
  } else {
    into.wrong++;
    into.examples.wrong.push(where);
  }
}

/** From byte offsets of the UTF-8 form to UTF-16 offsets. */
function utf16(text: string): (byte: number) => number {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length === text.length) return (byte) => byte;
  return (byte) => bytes.subarray(0, byte).toString('utf8').length;
}

function print(name: string, t: Tally): void {
  const total = t.same + t.unknown + t.wrong;
  const percent = (n: number): string => `${n} (${((100 * n) / Math.max(total, 1)).toFixed(2)} %)`;
  console.log(
    `${name.padEnd(9)} ${total}: same ${percent(t.same)}, unknown ${percent(t.unknown)}, wrong ${percent(t.wrong)}`,
  );
  for (const kind of ['wrong', 'unknown'] as const) {
    const every = Math.max(1, Math.floor(t.examples[kind].length / 12));
    for (const example of t.examples[kind].filter((_, i) => i % every === 0).slice(0, 12))
      console.log(`  ${kind}: ${example}`);
  }
}
