// What the tests of the edit layer share: fixes on small files, a simple NamesAt, and Go's own tools as judges.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { applyEdits } from '../../analysis/edit/apply.ts';
import { type BuiltFix, buildFix } from '../../analysis/edit/build-fix.ts';
import type { FixBuilder, NamesAt } from '../../analysis/edit/fix-builder.ts';
import type { Fix } from '../../analysis/finding.ts';
import { guessedPackageName, importsOf } from '../../analysis/syntax/imports.ts';
import type { Kind } from '../../analysis/syntax/kinds.generated.ts';
import { childrenIn, closest, descendants, type Node, textOf } from '../../analysis/syntax/node.ts';
import { loadParser } from '../../analysis/syntax/parser.ts';
import { type SourceFile, sourceFile, treeOf } from '../../analysis/syntax/source-file.ts';

const require = createRequire(import.meta.url);

await loadParser({
  engine: readFileSync(join(dirname(require.resolve('web-tree-sitter')), 'web-tree-sitter.wasm')),
  grammar: readFileSync(join(dirname(require.resolve('tree-sitter-go/package.json')), 'tree-sitter-go.wasm')),
});

/** Runs the body of a fix on a file. `find` gives the first node of a kind whose text starts with `text`. */
export type TestBody = (edit: FixBuilder, find: (text: string, kind?: Kind) => Node) => unknown;

/** A whole Go file for the statements of one function. */
export function inFunction(statements: string): string {
  const lines = statements.replace(/^\n/, '').trimEnd().split('\n');
  return `package p\n\nfunc f() {\n${lines.map((line) => (line ? `\t${line}` : '')).join('\n')}\n}\n`;
}

export function built(file: SourceFile, body: TestBody): BuiltFix | undefined {
  const run = (edit: FixBuilder) => body(edit, (text, kind) => find(file, text, kind));
  return buildFix({ file, names: namesOf(file) }, (edit) => (run(edit) === false ? false : undefined));
}

/** The text of a file after a fix; undefined if the fix is withdrawn. */
export function fixed(text: string, body: TestBody): string | undefined {
  const fix = built(sourceFile('p/a.go', text), body);
  return fix && applyEdits(text, fix.edits);
}

/** A fix with its edits, as `mergeFixes` takes it; throws if the fix is withdrawn. */
export function fixOf(file: SourceFile, title: string, body: TestBody): Fix & BuiltFix {
  const fix = built(file, body);
  if (!fix) throw new Error(`the fix ${title} is withdrawn`);
  return { id: 'test', title, safety: 'safe', ...fix };
}

export function find(file: SourceFile, text: string, kind?: Kind): Node {
  for (const declaration of file.declarations) {
    const tree = treeOf(declaration);
    if (!tree) continue;
    for (const node of descendants(tree.root)) {
      if ((kind === undefined || node.kind === kind) && textOf(node).startsWith(text)) return node;
    }
  }
  throw new Error(`no ${kind ?? 'node'} starts with ${text}`);
}

const universe = new Set([
  'len',
  'nil',
  'error',
  'string',
  'new',
  'append',
  'cap',
  'print',
  'int',
  'true',
  'false',
]);

/** Names as one file shows them; scopes are blocks, and packages are called as their paths end. */
export function namesOf(file: SourceFile): NamesAt {
  const isDeclaredBefore = (name: string, at: Node) =>
    [...descendants(at.tree.root)].some((node) => {
      if (
        node.kind !== 'identifier' ||
        textOf(node) !== name ||
        !isDeclaration(node) ||
        node.start >= at.start
      )
        return false;
      const scope = closest(node, 'block', 'func_literal', 'function_declaration');
      return scope !== undefined && scope.start <= at.start && at.end <= scope.end;
    });
  const isOfPackage = (name: string) =>
    file.declarations.some((d) => d.kind !== 'import' && d.names.includes(name));
  return {
    meaning: (name, at) => {
      if (isDeclaredBefore(name, at)) return 'taken';
      const spec = importsOf(file).find((s) => (s.alias ?? guessedPackageName(s.path)) === name);
      if (spec) return { importPath: spec.path };
      return isOfPackage(name) || universe.has(name) ? 'taken' : 'free';
    },
    usedBelow: (name, at) => {
      const block = closest(at, 'block');
      return [...(block ? descendants(block) : [])].some(
        (n) => n.start >= at.start && n.kind === 'identifier' && textOf(n) === name,
      );
    },
    packageLevel: (name) => (isOfPackage(name) ? 'declared' : 'free'),
    usesOfImport: (spec) => {
      const name = spec.alias ?? guessedPackageName(spec.path);
      return file.declarations.flatMap((d) => {
        const tree = d.kind === 'import' ? undefined : treeOf(d);
        return tree ? [...descendants(tree.root)].filter((n) => isPackageName(n, name)) : [];
      });
    },
  };
}

function isPackageName(node: Node, name: string): boolean {
  const isHead =
    node.parent?.kind === 'selector_expression'
      ? node.field === 'operand'
      : node.parent?.kind === 'qualified_type';
  return (
    (node.kind === 'identifier' || node.kind === 'package_identifier') && isHead && textOf(node) === name
  );
}

function isDeclaration(node: Node): boolean {
  const { parent } = node;
  if (parent?.kind === 'expression_list')
    return parent.parent?.kind === 'short_var_declaration' && parent.field === 'left';
  const kinds: readonly Kind[] = ['var_spec', 'parameter_declaration', 'const_spec'];
  return parent !== undefined && kinds.includes(parent.kind) && childrenIn(parent, 'name').includes(node);
}

/** Runs a Go tool on files in a temporary folder; undefined, with a message, where Go is absent. */
export function withGo(command: readonly string[], files: ReadonlyMap<string, string>): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'goleash-edit-'));
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const [tool = '', ...args] = command;
    const env = { ...process.env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local' };
    const run = spawnSync(tool, args, { cwd: folder, encoding: 'utf8', env, maxBuffer: 1 << 26 });
    if (run.error) {
      console.log(`skipped: ${tool} is not installed`);
      return undefined;
    }
    return run.stdout + run.stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What `gofmt -d` would change in the texts, line endings and byte-order marks aside; empty if nothing. */
export function gofmtDiff(texts: readonly string[]): string {
  const files = new Map(
    texts.map((text, i) => [`${i}.go`, text.replaceAll('\r\n', '\n').replace(/^\uFEFF/, '')]),
  );
  return withGo(['gofmt', '-d', '.'], files) ?? '';
}
