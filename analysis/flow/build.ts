// From the syntax tree of a function to its flow. Nothing here recurses: what is to be lowered next lies on a stack
// of tasks, so neither ten thousand statements nor a ladder of five thousand `else if` is too deep.

import type { Kind } from '../syntax/kinds.generated.ts';
import { child, childOfKind, type Node, statements, textOf, unparen } from '../syntax/node.ts';
import { communicationOperands } from '../syntax/roles.ts';
import { branch, type Draft, draft, enter, type Lowering, leave, link, type Scope, step } from './draft.ts';
import { finish } from './finish.ts';
import type { Flow } from './flow.ts';

/**
 * The control flow of a function declaration, method or function literal.
 * `neverReturns` tells the calls that end the goroutine or the process; `panic(…)` need not be among them. It is
 * asked about calls that are statements only. Code that does not compile (a `break` outside a loop, a `goto` without
 * its label) leads to the end of the function; a function without a body has only that end.
 */
export function buildFlow(fn: Node, neverReturns: (call: Node) => boolean): Flow {
  const body = child(fn, 'body');
  const entry = draft();
  const lowering: Lowering = { neverReturns, at: entry, order: [], scopes: [], labels: new Map(), todo: [] };
  enter(lowering, entry);
  if (body) later(lowering, statements(body));
  for (let task = lowering.todo.pop(); task; task = lowering.todo.pop()) task();
  return finish(lowering, fn, body);
}

/** Lowers statements once the tasks that are pushed after this one are done. */
function later(l: Lowering, nodes: readonly Node[]): void {
  l.todo.push(() => sequence(l, nodes, 0));
}

function sequence(l: Lowering, nodes: readonly Node[], from: number): void {
  for (let i = from; i < nodes.length; i++) {
    const node = nodes[i] as Node;
    if (simple(l, node)) continue;
    l.todo.push(() => sequence(l, nodes, i + 1));
    compounds[node.kind]?.(l, node, '');
    return;
  }
}

/** Lowers a statement without statements inside it; returns whether it is one. */
function simple(l: Lowering, node: Node): boolean {
  switch (node.kind) {
    case 'empty_statement':
      return true;
    case 'return_statement':
      step(l, node);
      leave(l, 'return');
      return true;
    case 'expression_statement':
      step(l, node);
      if (ends(l, node)) leave(l, 'abort');
      return true;
    case 'break_statement':
    case 'continue_statement':
    case 'fallthrough_statement':
    case 'goto_statement':
      jump(l, node);
      return true;
    default:
      if (compounds[node.kind]) return false;
      step(l, node);
      return true;
  }
}

function ends(l: Lowering, statement: Node): boolean {
  const call = statement.children[0] && unparen(statement.children[0]);
  if (call?.kind !== 'call_expression') return false;
  const callee = child(call, 'function');
  return (callee?.kind === 'identifier' && textOf(callee) === 'panic') || l.neverReturns(call);
}

function jump(l: Lowering, node: Node): void {
  const label = childOfKind(node, 'label_name');
  link(l.at, (label ? labelledTarget(l, node, textOf(label)) : innermostTarget(l, node)) ?? unknownTarget(l));
  enter(l, draft());
}

function labelledTarget(l: Lowering, node: Node, label: string): Draft | undefined {
  if (node.kind === 'goto_statement') return labelBlock(l, label);
  const scope = l.scopes.findLast((s) => s.label === label);
  return node.kind === 'break_statement' ? scope?.after : scope?.next;
}

function innermostTarget(l: Lowering, node: Node): Draft | undefined {
  if (node.kind === 'fallthrough_statement') return l.scopes.at(-1)?.fallthrough;
  if (node.kind === 'break_statement') return l.scopes.at(-1)?.after;
  return l.scopes.findLast((s) => s.next)?.next;
}

/** A label that nothing declares; `finish` leads it to the end. */
function unknownTarget(l: Lowering): Draft {
  return labelBlock(l, '');
}

function labelBlock(l: Lowering, label: string): Draft {
  let block = l.labels.get(label);
  if (!block) {
    block = draft();
    l.labels.set(label, block);
  }
  return block;
}

/** How to lower a statement with statements inside it; `label` is the label that stands right before it. */
const compounds: { readonly [K in Kind]?: (l: Lowering, node: Node, label: string) => void } = {
  block: (l, node) => later(l, statements(node)),
  if_statement: (l, node) => lowerIf(l, node, draft()),
  for_statement: lowerFor,
  expression_switch_statement: lowerSwitch,
  type_switch_statement: lowerTypeSwitch,
  select_statement: lowerSelect,
  labeled_statement: lowerLabelled,
};

function lowerLabelled(l: Lowering, node: Node): void {
  const name = child(node, 'label');
  const label = name ? textOf(name) : '';
  const block = labelBlock(l, label);
  // A label that is declared twice does not compile; the first one is the target.
  proceed(l, block.id < 0 ? block : draft());
  const statement = node.children.find((c) => c !== name);
  if (statement && !simple(l, statement)) l.todo.push(() => compounds[statement.kind]?.(l, statement, label));
}

function initialise(l: Lowering, node: Node): void {
  const initializer = child(node, 'initializer');
  if (initializer) simple(l, initializer);
}

/** `after` follows the whole ladder of `else if`s. */
function lowerIf(l: Lowering, node: Node, after: Draft): void {
  initialise(l, node);
  const alternative = child(node, 'alternative');
  const yes = draft();
  const no = alternative ? draft() : after;
  const condition = child(node, 'condition');
  if (condition) branch(l, condition, yes, no);
  enter(l, yes);
  l.todo.push(() => {
    link(l.at, after);
    enter(l, no);
    if (alternative?.kind === 'if_statement') lowerIf(l, alternative, after);
    else if (alternative) {
      l.todo.push(() => proceed(l, after));
      later(l, statements(alternative));
    }
  });
  const consequence = child(node, 'consequence');
  if (consequence) later(l, statements(consequence));
}

function proceed(l: Lowering, to: Draft): void {
  link(l.at, to);
  enter(l, to);
}

function lowerFor(l: Lowering, node: Node, label: string): void {
  const body = child(node, 'body');
  const range = childOfKind(node, 'range_clause');
  const clause = childOfKind(node, 'for_clause');
  const condition = clause
    ? child(clause, 'condition')
    : node.children.find((c) => c !== body && c !== range);
  const operand = range && child(range, 'right');
  const update = clause && child(clause, 'update');
  const [head, inside, after] = [draft(), draft(), draft()];
  const next = update ? draft() : head;

  if (clause) initialise(l, clause);
  if (operand) step(l, operand);
  proceed(l, head);
  if (range) {
    step(l, range);
    link(l.at, inside, { kind: 'next', expression: range, outcome: true });
    link(l.at, after, { kind: 'next', expression: range, outcome: false });
  } else if (condition) branch(l, condition, inside, after);
  else link(l.at, inside);
  enter(l, inside);

  l.scopes.push({ label, after, next, fallthrough: undefined });
  l.todo.push(() => {
    l.scopes.pop();
    link(l.at, next);
    if (update) {
      enter(l, next);
      simple(l, update);
      link(l.at, head);
    }
    enter(l, after);
  });
  if (body) later(l, statements(body));
}

/** Cases are tried in source order, `default` where all have failed, wherever it stands. */
function lowerSwitch(l: Lowering, node: Node, label: string): void {
  initialise(l, node);
  const value = child(node, 'value');
  const tag = value && unparen(value).kind !== 'true' ? value : undefined;
  if (tag) step(l, tag);
  const clauses = clausesOf(node);
  const after = draft();
  let fallback: { readonly block: Draft; readonly clause: Node | undefined } = {
    block: after,
    clause: undefined,
  };
  const blocks = clauses.map((clause) => {
    const block = draft();
    if (clause.kind === 'default_case') fallback = { block, clause };
    for (const expression of child(clause, 'value')?.children ?? []) {
      const next = draft();
      if (tag) {
        step(l, expression);
        link(l.at, block, { kind: 'match', expression, outcome: true, tag }, clause);
        link(l.at, next, { kind: 'match', expression, outcome: false, tag });
      } else branch(l, expression, block, next, clause);
      enter(l, next);
    }
    return block;
  });
  link(l.at, fallback.block, undefined, fallback.clause);
  l.scopes.push({ label, after, next: undefined, fallthrough: undefined });
  lowerClauses(l, clauses, blocks, 0);
}

function lowerTypeSwitch(l: Lowering, node: Node, label: string): void {
  initialise(l, node);
  const value = child(node, 'value');
  if (value) step(l, value);
  const clauses = clausesOf(node);
  const after = draft();
  const blocks = clauses.map((clause) => choose(l, clause));
  if (!clauses.some((clause) => clause.kind === 'default_case')) link(l.at, after);
  l.scopes.push({ label, after, next: undefined, fallthrough: undefined });
  lowerClauses(l, clauses, blocks, 0);
}

function lowerSelect(l: Lowering, node: Node, label: string): void {
  const clauses = clausesOf(node);
  if (clauses.length === 0) {
    step(l, node);
    enter(l, draft());
    return;
  }
  for (const clause of clauses) {
    for (const operand of communicationOperands(clause)) if (hasEffect(operand)) step(l, operand);
  }
  const blocks = clauses.map((clause) => {
    const block = choose(l, clause);
    const communication = child(clause, 'communication');
    if (communication) block.nodes.push(communication);
    return block;
  });
  l.scopes.push({ label, after: draft(), next: undefined, fallthrough: undefined });
  lowerClauses(l, clauses, blocks, 0);
}

function clausesOf(node: Node): readonly Node[] {
  return node.children.filter((c) => c.kind.endsWith('_case'));
}

function choose(l: Lowering, clause: Node): Draft {
  const block = draft();
  link(l.at, block, undefined, clause);
  return block;
}

/** Lowers the bodies of a switch or select, whose scope is the innermost, from the clause at `i` on. */
function lowerClauses(l: Lowering, clauses: readonly Node[], blocks: readonly Draft[], i: number): void {
  const clause = clauses[i];
  const block = blocks[i];
  const scope = l.scopes.at(-1) as Scope;
  if (!clause || !block) {
    l.scopes.pop();
    enter(l, scope.after);
    return;
  }
  enter(l, block);
  scope.fallthrough = blocks[i + 1];
  l.todo.push(() => {
    link(l.at, scope.after);
    lowerClauses(l, clauses, blocks, i + 1);
  });
  later(l, statements(clause));
}

/** Whether evaluating the expression calls or receives. */
function hasEffect(expression: Node): boolean {
  const todo = [expression];
  for (let node = todo.pop(); node; node = todo.pop()) {
    if (node.kind === 'call_expression') return true;
    if (node.kind === 'unary_expression' && node.tree.text.startsWith('<-', node.start)) return true;
    if (node.kind !== 'func_literal') todo.push(...node.children);
  }
  return false;
}
