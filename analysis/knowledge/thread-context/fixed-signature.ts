// What else than its calls holds a function to the parameters that it has.

import type { Obstacle } from '../../finding.ts';
import type { Code } from '../../model/code.ts';
import { mentionsIn, mentionsLeftOut } from '../../model/mentions.ts';
import { readFile } from '../../model/reads.ts';
import { scopesOf } from '../../model/scope.ts';
import { named } from '../../model/types.ts';
import { isExported } from '../../syntax/names.ts';
import { child, childrenIn, type Node, nodesOf, type Tree, textOf } from '../../syntax/node.ts';
import {
  type Declaration,
  declarationOf,
  type Site,
  type SourceFile,
  treeOf,
} from '../../syntax/source-file.ts';
import { commentsAbove } from '../comments.ts';
import { isMain } from '../entry-point.ts';
import { nameOf, receiverType, shownName } from './names.ts';
import { variableOf } from './variable.ts';

/** Why a function is called from where nobody sees, or must not be edited: then its callers are of no interest. */
export function outOfReach(code: Code, fn: Node): string | undefined {
  const shown = shownName(fn);
  if (code.file.generated) return `${shown} is in a generated file`;
  const variable = fn.kind === 'func_literal' ? variableOf(code, fn) : undefined;
  const name = variable ? variable.isOfPackage && variable.name : nameOf(fn);
  const isStart = fn.kind === 'function_declaration' && (isMain(code, fn) || name === 'init');
  if (isStart) return `Go itself calls ${shown}, without arguments`;
  if (name && isExported(name)) return `${shown} is exported, so other packages may call it`;
  const directive = commentsAbove(code, fn).find((comment) =>
    /^\/\/(?:export|go:wasmexport)\s/.test(comment),
  );
  return directive && `${shown} is called from outside of Go (${directive})`;
}

/** What but its calls and other uses in the package holds a function to the parameters that it has. */
export function heldBy(code: Code, fn: Node): readonly Obstacle[] {
  if (fn.kind === 'func_literal') return [];
  const implementing = fn.kind === 'method_declaration' ? implemented(code, fn) : [];
  return [...linked(code, fn), ...implementing, ...leftOut(code, fn)];
}

/** `//go:linkname` gives a function a second name, by which code that is not seen may call it. */
function linked({ pkg }: Code, fn: Node): readonly Obstacle[] {
  const name = nameOf(fn);
  return [...pkg.files, ...pkg.leftOut].flatMap((file) => {
    readFile(file);
    return linknamesOf(file).flatMap(({ text, ...at }): Obstacle[] => {
      const [, local, remote] = /^\/\/go:linkname\s+(\S+)(?:\s+(\S+))?/.exec(text) ?? [];
      const names = local === name || remote?.endsWith(`.${name}`);
      return names
        ? [{ at, reason: `${shownName(fn)} has a second name here, by which it may be called` }]
        : [];
    });
  });
}

interface Comment extends Site {
  readonly text: string;
}

const linknames = new WeakMap<SourceFile, readonly Comment[]>();

/** The comments of a file that give second names. */
function linknamesOf(file: SourceFile): readonly Comment[] {
  const { path, text, comments } = file;
  const found =
    linknames.get(file) ??
    Array.from({ length: text.includes('//go:linkname') ? comments.length / 2 : 0 }, (_, i): Comment => {
      const [start, end] = [comments[2 * i] as number, comments[2 * i + 1] as number];
      return { path, start, end, text: text.slice(start, end) };
    }).filter((comment) => comment.text.startsWith('//go:linkname'));
  linknames.set(file, found);
  return found;
}

/** The interfaces of the package that the method is needed for. */
function implemented(code: Code, fn: Node): readonly Obstacle[] {
  const name = nameOf(fn);
  const own = declarationOf(fn);
  const isNeeded = (elem: Node): boolean => {
    const spec = elem.parent?.parent;
    const isOfPackage = spec?.kind === 'type_spec' && spec.parent === spec.tree.root;
    if (!isOfPackage) return countOf(elem) === countOf(fn);
    const type = named(code.pkg.importPath, textOf(child(spec, 'name') ?? spec));
    const { methods, standIns } = code.implementationsOf(type, name);
    return [...methods, ...standIns].some((method) => method.declaration === own);
  };
  return interfacesWith(code, name).flatMap(({ file, declaration, tree }) =>
    nodesOf(tree, 'method_elem')
      .filter((elem) => textOf(child(elem, 'name') ?? elem) === name && isNeeded(elem))
      .map((elem) => ({
        at: placeIn(file, declaration, elem),
        reason: `${shownName(fn)} implements this method of an interface`,
      })),
  );
}

interface Holder {
  readonly file: SourceFile;
  readonly declaration: Declaration;
  readonly tree: Tree;
}

/** The declarations in which an interface may have a method of that name. */
function interfacesWith({ pkg }: Code, name: string): readonly Holder[] {
  const types = pkg.files.flatMap((file) =>
    file.declarations.filter((d) => d.kind === 'type').map((declaration) => ({ file, declaration })),
  );
  return [...types, ...mentionsIn(pkg, name)].flatMap(({ file, declaration }) => {
    const mayHave = declaration.text.includes('interface') && declaration.text.includes(name);
    const tree = mayHave ? treeOf(declaration) : undefined;
    return tree ? [{ file, declaration, tree }] : [];
  });
}

/** How many parameters a function or method has. */
function countOf(fn: Node): number {
  const parameters = child(fn, 'parameters')?.children ?? [];
  return parameters.reduce((sum, parameter) => sum + Math.max(1, childrenIn(parameter, 'name').length), 0);
}

/** Uses, and other declarations of the function, in files that are for another build of the package. */
function leftOut({ pkg }: Code, fn: Node): readonly Obstacle[] {
  const name = nameOf(fn);
  return mentionsLeftOut(pkg, name).flatMap(({ file, declaration }): Obstacle[] => {
    const tree = treeOf(declaration);
    const reason = `this file is for another build of the package, and declares or uses ${name} too`;
    if (!tree) return [{ at: placeIn(file, declaration, undefined), reason }];
    const isUse = fn.kind === 'method_declaration' ? mayBeMethod : mayBeFunction;
    const found = nodesOf(tree, 'identifier', 'field_identifier').find(
      (node) => textOf(node) === name && isUse(node, fn),
    );
    return found ? [{ at: placeIn(file, declaration, found), reason }] : [];
  });
}

/** Anything that is selected may be the method; one that is declared for another type is not. */
function mayBeMethod(node: Node, method: Node): boolean {
  if (node.kind !== 'field_identifier') return false;
  const { parent } = node;
  if (parent?.kind !== 'method_declaration') return parent?.kind === 'selector_expression';
  const [one, other] = [receiverType(parent), receiverType(method)];
  return one === undefined || other === undefined || textOf(one) === textOf(other);
}

function mayBeFunction(node: Node): boolean {
  return node.kind === 'identifier' && !scopesOf(node.tree).lookup(textOf(node), node, node.start);
}

function placeIn(file: SourceFile, declaration: Declaration, node: Node | undefined): Obstacle['at'] {
  const start = file.starts[file.declarations.indexOf(declaration)] ?? 0;
  return {
    path: file.path,
    start: start + (node?.start ?? 0),
    end: start + (node?.end ?? declaration.text.length),
  };
}
