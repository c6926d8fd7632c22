// One Go file as an immutable value. Editing makes a new file that shares every declaration whose text did not
// change, and with it its tree and all that was computed from it.

import type { Node, Tree } from './node.ts';
import { parse } from './parser.ts';
import { type DeclarationKind, split } from './split.ts';

/** One top-level declaration, independent of where in a file it stands. */
export interface Declaration {
  readonly kind: DeclarationKind;
  readonly text: string;
  /** Offset of the `{` of a function's body in `text`, or -1. */
  readonly body: number;
  /** Declared names; for a group possibly too many, never too few. */
  readonly names: readonly string[];
}

/** A Go file: its text, its declarations in order and the offset at which each of them starts. */
export interface SourceFile {
  /** The host's name for the file, with `/` separators; findings carry it. */
  readonly path: string;
  readonly text: string;
  readonly declarations: readonly Declaration[];
  /** `starts[i]` is the UTF-16 offset of `declarations[i]` in `text`. */
  readonly starts: readonly number[];
  /** Pairs of start and end offsets. */
  readonly comments: readonly number[];
  /** The name in the package clause, `''` if there is none. */
  readonly packageName: string;
  /** Carries the `// Code generated … DO NOT EDIT.` line of https://go.dev/s/generatedcode. */
  readonly generated: boolean;
}

/** A place in a file: UTF-16 offsets. */
export interface Site {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

const generatedLine = /^\/\/ Code generated .* DO NOT EDIT\.$/;

/** Makes a file of a text. `previous`, an earlier version, lends the declarations that are the same. */
export function sourceFile(path: string, text: string, previous?: SourceFile): SourceFile {
  if (previous && previous.text === text && previous.path === path) return previous;
  const { pieces, comments } = split(text);
  const known = previous ? new Map(previous.declarations.map((d) => [d.text, d])) : undefined;
  const used = new Set<Declaration>();
  const starts: number[] = [];
  const declarations = pieces.map((piece): Declaration => {
    starts.push(piece.start);
    const own = text.slice(piece.start, piece.end);
    const same = known?.get(own);
    if (same && !used.has(same)) {
      used.add(same);
      return same;
    }
    const body = piece.body < 0 ? -1 : piece.body - piece.start;
    return { kind: piece.kind, text: own, body, names: piece.names };
  });
  const clause = declarations.findIndex((d) => d.kind === 'package');
  const firstCode = starts[0] ?? text.length;
  return {
    path,
    text,
    declarations,
    starts,
    comments,
    packageName: declarations[clause]?.names[0] ?? '',
    generated: someComment(text, comments, (c, start) => start < firstCode && generatedLine.test(c)),
  };
}

function someComment(
  text: string,
  comments: readonly number[],
  test: (c: string, start: number) => boolean,
): boolean {
  for (let i = 0; i + 1 < comments.length; i += 2) {
    const start = comments[i] as number;
    if (test(text.slice(start, comments[i + 1]), start)) return true;
  }
  return false;
}

/** Whether the go command takes a file only into tests. */
export function isTestFile({ path }: Pick<SourceFile, 'path'>): boolean {
  return path.endsWith('_test.go');
}

const trees = new WeakMap<Declaration, Tree | null>();
const headers = new WeakMap<Declaration, Tree | null>();
const owners = new WeakMap<Tree, Declaration>();

/** The tree of a declaration, parsed once; undefined if its text is not valid Go. */
export function treeOf(declaration: Declaration): Tree | undefined {
  return memo(trees, declaration, declaration.text);
}

/** Whether somebody has asked for the tree of a declaration, valid Go or not. */
export function isParsed(declaration: Declaration): boolean {
  return trees.has(declaration);
}

/** Like `treeOf`, but without the body of a function: enough to know its parameters and results. */
export function headerOf(declaration: Declaration): Tree | undefined {
  if (declaration.body < 0) return treeOf(declaration);
  return trees.get(declaration) ?? memo(headers, declaration, surfaceOf(declaration));
}

/** The part of a declaration that other declarations can depend on: everything but a function's body. */
export function surfaceOf(declaration: Declaration): string {
  return declaration.body < 0 ? declaration.text : declaration.text.slice(0, declaration.body);
}

/** The file with nothing left but what other packages can see of it; its offsets mean nothing. */
export function withoutBodies(file: SourceFile): SourceFile {
  if (file.declarations.every((d) => d.body < 0)) return file;
  return sourceFile(file.path, file.declarations.map(surfaceOf).join('\n'));
}

/** The declaration that a node belongs to. */
export function declarationOf(node: Node): Declaration {
  const owner = owners.get(node.tree);
  if (!owner) throw new Error('a node of a tree that treeOf and headerOf did not make');
  return owner;
}

/** The place of a node in the file that holds its declaration. */
export function siteOf(file: SourceFile, node: Node): Site {
  const offset = file.starts[file.declarations.indexOf(declarationOf(node))] ?? 0;
  return { path: file.path, start: offset + node.start, end: offset + node.end };
}

function memo(
  cache: WeakMap<Declaration, Tree | null>,
  declaration: Declaration,
  text: string,
): Tree | undefined {
  let tree = cache.get(declaration);
  if (tree === undefined) {
    tree = parse(text) ?? null;
    cache.set(declaration, tree);
    if (tree) owners.set(tree, declaration);
  }
  return tree ?? undefined;
}
