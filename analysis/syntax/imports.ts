import { child, childOfKind, type Node, nodesOf, textOf } from './node.ts';
import { type Declaration, type SourceFile, treeOf } from './source-file.ts';

/** One import of a file. */
export interface ImportSpec {
  /** The import path: `net/http`. */
  readonly path: string;
  /** The explicit name: an alias, `.` or `_`; undefined if the package's own name is used. */
  readonly alias: string | undefined;
  readonly node: Node;
}

const memo = new WeakMap<Declaration, readonly ImportSpec[]>();

/** The imports of a file in order. An import declaration that does not parse contributes none. */
export function importsOf(file: SourceFile): readonly ImportSpec[] {
  return file.declarations.filter((d) => d.kind === 'import').flatMap(specsOf);
}

function specsOf(declaration: Declaration): readonly ImportSpec[] {
  let specs = memo.get(declaration);
  if (!specs) {
    const tree = treeOf(declaration);
    specs = tree ? nodesOf(tree, 'import_spec').flatMap(specOf) : [];
    memo.set(declaration, specs);
  }
  return specs;
}

function specOf(node: Node): ImportSpec[] {
  const literal = child(node, 'path');
  if (!literal) return [];
  const name = child(node, 'name') ?? childOfKind(node, 'dot') ?? childOfKind(node, 'blank_identifier');
  return [{ path: textOf(literal).slice(1, -1), alias: name && textOf(name), node }];
}

/**
 * The name an import has when the file gives none and the package's own clause is not at hand: the last path
 * element without a major version (`/v2`, `.v3`) or a `go-` prefix. It can be wrong for packages outside the standard library.
 */
export function guessedPackageName(importPath: string): string {
  const parts = importPath.split('/');
  let last = parts.at(-1) ?? '';
  if (/^v[0-9]+$/.test(last) && parts.length > 1) last = parts.at(-2) ?? last;
  return last
    .replace(/\.v[0-9]+$/, '')
    .replace(/^go-|-go$|\.go$/g, '')
    .replaceAll('-', '_');
}
