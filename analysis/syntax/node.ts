// The syntax tree that everything above the parser sees: plain immutable data with parents, one tree per
// top-level declaration. Offsets are UTF-16 code units counted from the start of the declaration's text, so a
// declaration that moves in its file keeps its tree, and everything memoised on it.

import type { Field, Kind } from './kinds.generated.ts';

/** One named node of the Go grammar, or an operator token (`kind: 'operator'`). Comments are not nodes. */
export interface Node {
  readonly kind: Kind;
  /** The grammar's name for this child's role in its parent, `''` if it has none. */
  readonly field: Field | '';
  readonly start: number;
  readonly end: number;
  readonly children: readonly Node[];
  readonly parent: Node | undefined;
  readonly tree: Tree;
}

/** The tree of one top-level declaration; `root` is the declaration itself (`function_declaration`, …). */
export interface Tree {
  readonly text: string;
  readonly root: Node;
  /** All nodes of a kind in source order. */
  readonly nodes: ReadonlyMap<Kind, readonly Node[]>;
}

const none: readonly Node[] = [];

/** Every node of the given kinds in the tree, in source order within a kind. */
export function nodesOf(tree: Tree, ...kinds: readonly Kind[]): readonly Node[] {
  if (kinds.length === 1) return tree.nodes.get(kinds[0] as Kind) ?? none;
  return kinds.flatMap((kind) => tree.nodes.get(kind) ?? none);
}

/** The source text of a node. */
export function textOf(node: Node): string {
  return node.tree.text.slice(node.start, node.end);
}

/** The first child in the given role. */
export function child(node: Node, field: Field): Node | undefined {
  for (const c of node.children) if (c.field === field) return c;
  return undefined;
}

/** All children in the given role: several `name`s of one parameter, for example. */
export function childrenIn(node: Node, field: Field): readonly Node[] {
  return node.children.filter((c) => c.field === field);
}

/** The first child of the given kind, whatever its role. */
export function childOfKind(node: Node, kind: Kind): Node | undefined {
  for (const c of node.children) if (c.kind === kind) return c;
  return undefined;
}

/** The node and everything under it, parents before children. */
export function* descendants(node: Node): Generator<Node> {
  yield node;
  for (const c of node.children) yield* descendants(c);
}

/** The nearest node of one of the kinds at or above `node`. */
export function closest(node: Node | undefined, ...kinds: readonly Kind[]): Node | undefined {
  for (let at = node; at; at = at.parent) if (kinds.includes(at.kind)) return at;
  return undefined;
}

/** Whether `inner` lies within `outer`, or is it. */
export function contains(outer: Node, inner: Node): boolean {
  return outer.tree === inner.tree && outer.start <= inner.start && inner.end <= outer.end;
}

/** The function, method or function literal whose body holds `node` most closely. */
export function enclosingFunction(node: Node): Node | undefined {
  for (let at = node.parent; at; at = at.parent) if (isFunction(at)) return at;
  return undefined;
}

/** Whether the node is a function declaration, a method declaration or a function literal. */
export function isFunction(node: Node): boolean {
  return (
    node.kind === 'function_declaration' || node.kind === 'method_declaration' || node.kind === 'func_literal'
  );
}

/** The statements of a block, a case or a statement list, in order. */
export function statements(node: Node): readonly Node[] {
  const list = node.kind === 'statement_list' ? node : childOfKind(node, 'statement_list');
  return list ? list.children : none;
}

/** The expression without any parentheses around it. */
export function unparen(node: Node): Node {
  let at = node;
  while (at.kind === 'parenthesized_expression' && at.children[0]) at = at.children[0];
  return at;
}

/**
 * The arguments of a call, in order; a `f(xs...)` argument is a `variadic_argument` node. That of a conversion, which
 * the grammar takes `f[T](x)` for, is its operand.
 */
export function argumentsOf(call: Node): readonly Node[] {
  const list = child(call, 'arguments');
  return list
    ? list.children
    : call.kind === 'type_conversion_expression'
      ? childrenIn(call, 'operand')
      : none;
}

/** Whether a node is a call, or a conversion, which the grammar takes `f[T](x)` for. */
export function mayBeCall({ kind }: Node): boolean {
  return kind === 'call_expression' || kind === 'type_conversion_expression';
}

/** What a call calls as it is written, `f[T]` of `f[T](x)` too. */
export function calledOf(call: Node): Node | undefined {
  return child(call, 'function') ?? child(call, 'type');
}

/** The text of an operator child: `+=` of an assignment, `&` of `&x`, `!=` of a comparison. */
export function operatorOf(node: Node): string {
  const operator = child(node, 'operator');
  return operator ? textOf(operator) : '';
}
