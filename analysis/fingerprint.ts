// Names for findings that stay while the code around them changes, and that are the same on every machine. They are
// readable text here; hosts hash them (`analysis/node/fingerprint.ts`).

import type { Finding } from './finding.ts';
import { isConstrained } from './model/build-constraint.ts';
import type { GoPackage } from './model/package.ts';
import { type Scopes, scopesOf } from './model/scope.ts';
import type { Kind } from './syntax/kinds.generated.ts';
import { child, childrenIn, closest, descendants, type Node, type Tree, textOf } from './syntax/node.ts';
import { type SourceFile, treeOf } from './syntax/source-file.ts';

/**
 * A name for each finding of a package, in order: its likeness, and how many findings like it stand before it. Files
 * that the findings are not of make no difference.
 */
export function identitiesOf(pkg: GoPackage, findings: readonly Finding[]): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const likeness = likenessOf(pkg, finding);
    const before = seen.get(likeness) ?? 0;
    seen.set(likeness, before + 1);
    return identityOf(likeness, before);
  });
}

/** The name of a finding of which there are `before` ones that are like it. */
export function identityOf(likeness: string, before: number): string {
  return `${likeness}#${before}`;
}

/**
 * What a finding keeps when lines or whole declarations move and local names change: its rule, its package, the
 * declaration around it, and the shape of the code that it is about.
 */
export function likenessOf(pkg: GoPackage, finding: Finding): string {
  const { at } = finding;
  const file = pkg.files.find(({ path }) => path === at.path);
  const index = file ? indexAt(file, at.start) : -1;
  const declaration = file?.declarations[index];
  const tree = declaration && treeOf(declaration);
  if (!file || !tree) return JSON.stringify([surroundingsOf(pkg, finding), at.path]);
  const start = file.starts[index] ?? 0;
  const nodes = nodesWithin(tree.root, at.start - start, at.end - start);
  const shape =
    nodes.length > 0 ? shapeOf(tree, nodes) : tree.text.slice(at.start - start, at.end - start).trim();
  return JSON.stringify([surroundingsOf(pkg, finding), shape]);
}

/** The rule of a finding and the declaration around it, as one text. */
export function surroundingsOf(pkg: GoPackage, { ruleId, at }: Finding): string {
  // Without a module only the path would tell packages apart, which is another one on each machine.
  const place = pkg.module ? pkg.importPath : pkg.name;
  const file = pkg.files.find(({ path }) => path === at.path);
  if (!file) return JSON.stringify([ruleId, place]);
  const names = holdersOf(file, at.start);
  const isOne = names.length > 0 && !names.some((name) => name === 'init' || name === '_');
  const basename = isOne && !isConstrained(file) ? [] : [at.path.slice(at.path.lastIndexOf('/') + 1)];
  return JSON.stringify([ruleId, place, names, ...basename]);
}

function indexAt(file: SourceFile, offset: number): number {
  let index = file.starts.length - 1;
  while (index > 0 && (file.starts[index] ?? 0) > offset) index--;
  return index;
}

/** The names that the declaration around an offset declares: of a group those of one spec, of a method its type too. */
function holdersOf(file: SourceFile, offset: number): readonly string[] {
  const index = indexAt(file, offset);
  const declaration = file.declarations[index];
  const root = declaration && treeOf(declaration)?.root;
  if (!root) return declaration?.names ?? [];
  if (root.kind === 'function_declaration' || root.kind === 'method_declaration') {
    const receiver = child(root, 'receiver');
    const type = receiver && [...descendants(receiver)].find(({ kind }) => kind === 'type_identifier');
    return [type, child(root, 'name')].flatMap((node) => (node ? [textOf(node)] : []));
  }
  const own = offset - (file.starts[index] ?? 0);
  const specs = [...descendants(root)].filter(
    (node) => specKinds.has(node.kind) && node.start <= own && own <= node.end,
  );
  return specs[0] ? childrenIn(specs[0], 'name').map(textOf) : declaration.names;
}

const specKinds: ReadonlySet<Kind> = new Set<Kind>(['var_spec', 'const_spec', 'type_spec', 'type_alias']);

/** The largest nodes in a range. */
function nodesWithin(node: Node, start: number, end: number): readonly Node[] {
  if (start <= node.start && node.end <= end) return [node];
  if (node.end <= start || end <= node.start) return [];
  return node.children.flatMap((c) => nodesWithin(c, start, end));
}

/** Without comments and layout; names that the declaration declares itself are counted as they first appear. */
function shapeOf(tree: Tree, nodes: readonly Node[]): string {
  const scopes = scopesOf(tree);
  const names = new Map<object, number>();
  const write = (node: Node): string => {
    const binding = bindingOf(node, scopes);
    if (binding) {
      if (!names.has(binding)) names.set(binding, names.size);
      return `$${names.get(binding)}`;
    }
    // What a body does is no part of the finding: it would have another name whenever something in it is repaired.
    if (node.kind === 'block' || node.kind === 'statement_list') return '{}';
    if (node.children.length === 0) return textOf(node);
    return `${node.kind}(${node.children.map(write).join(' ')})`;
  };
  return nodes.map(write).join(' ');
}

const nameKinds: ReadonlySet<Kind> = new Set<Kind>(['identifier', 'type_identifier', 'package_identifier']);

function bindingOf(node: Node, scopes: Scopes): object | undefined {
  if (!nameKinds.has(node.kind) || isFieldKey(node)) return undefined;
  return scopes.declared(node) ?? scopes.lookup(textOf(node), node, node.start);
}

/** Whether a name is that of a field in `T{name: value}`; the keys of a map are variables. */
function isFieldKey(node: Node): boolean {
  const element = node.parent;
  if (element?.kind !== 'literal_element' || element.field !== 'key') return false;
  const literal = closest(element, 'composite_literal');
  return !literal || child(literal, 'type')?.kind !== 'map_type';
}
