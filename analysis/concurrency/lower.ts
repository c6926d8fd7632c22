// From the flow of a function to its behaviour.

import type { Block as FlowBlock } from '../flow/flow.ts';
import type { Code } from '../model/code.ts';
import { child, childrenIn, closest, type Node, unparen } from '../syntax/node.ts';
import { capturesOf } from './captures.ts';
import type { Behaviour, Block, Case, Ending, Expr, Slot } from './ir.ts';
import { slotsOfMemory } from './liveness.ts';
import { lowerExpression, lowerTarget } from './lower-expression.ts';
import { callOverFunction, enterLoop, parametersOfLoop, returnFromLoop } from './lower-loop.ts';
import { held, lowerEntry, valuesFor } from './lower-statement.ts';
import {
  emit,
  endBlock,
  type Lowering,
  newBlock,
  newLowering,
  slotOf,
  startBlock,
  temporary,
  unknownAt,
} from './lowering.ts';
import { simplify } from './simplify.ts';
import { variablesOf } from './variables.ts';

/** The behaviour of a declaration, method or literal with a body, or of the body of a loop over a function. */
export function lower(code: Code, fn: Node): Behaviour {
  const l = newLowering(code, fn);
  const loop = l.loops.find(({ statement }) => statement === fn);
  const parameters = loop ? parametersOfLoop(l, loop) : parametersOf(l);
  const results = loop ? [] : resultsOf(l);
  for (const block of l.own) lowerBlock(l, block, results);
  const first = loop ? enterLoop(l, loop, parameters) : l.flow.entry.id;
  const always = slotsOfMemory({ slots: l.slots, results });
  const { blocks, entry } = simplify(withoutGaps(l), first, always);
  return {
    fn,
    slots: l.slots,
    parameters,
    variadic: !loop && isVariadic(fn),
    results,
    resultCount: loop ? 1 : resultCount(fn),
    variables: l.bySource,
    captures: capturesOf(l, fn),
    blocks,
    entry,
  };
}

/** Blocks of the flow that another function evaluates are none of this one, and nothing leads there. */
function withoutGaps({ blocks, fn }: Lowering): readonly Block[] {
  const none: Block = { operations: [], ending: { kind: 'block', at: fn } };
  return Array.from(blocks, (block) => block ?? none);
}

function parametersOf(l: Lowering): (Slot | undefined)[] {
  const receiver = child(l.fn, 'receiver')?.children ?? [];
  const list = child(l.fn, 'parameters')?.children ?? [];
  return [...receiver, ...list].flatMap((declaration) => {
    const names = childrenIn(declaration, 'name');
    return names.length === 0 ? [undefined] : names.map((name) => slotNamed(l, name));
  });
}

function slotNamed(l: Lowering, name: Node): Slot | undefined {
  const binding = l.code.bindingOf(name);
  return binding && slotOf(l, binding);
}

function isVariadic(fn: Node): boolean {
  return child(fn, 'parameters')?.children.at(-1)?.kind === 'variadic_parameter_declaration';
}

function resultsOf(l: Lowering): Slot[] {
  const result = child(l.fn, 'result');
  if (result?.kind !== 'parameter_list') return [];
  return result.children.flatMap((declaration) =>
    childrenIn(declaration, 'name').map((name) => slotNamed(l, name) ?? temporary(l)),
  );
}

/** How many results a function declaration, method or literal has. */
export function resultCount(fn: Node): number {
  const result = child(fn, 'result');
  if (!result) return 0;
  if (result.kind !== 'parameter_list') return 1;
  return result.children.reduce((n, d) => n + Math.max(childrenIn(d, 'name').length, 1), 0);
}

function lowerBlock(l: Lowering, block: FlowBlock, results: readonly Slot[]): void {
  startBlock(l, block.id);
  const condition = block.edges[0]?.condition;
  for (const node of block.nodes) {
    if (node.parent?.kind === 'communication_case') lowerCommunication(l, node);
    else if (node === condition?.expression && condition.kind === 'test') continue;
    else if (node.kind === 'range_clause') continue;
    else if (isRangeOperand(node)) lowerRange(l, node);
    else lowerEntry(l, node);
  }
  const ending = endingOf(l, block, results);
  endBlock(l, ending.kind === 'branch' ? withDoubt(l, block, ending) : ending);
}

/**
 * Where no case of a `switch` over strings or named constants applies and it has no default, the values that can
 * come are often all there: nothing is concluded from that way. Leads it through a block that says so.
 */
function withDoubt(l: Lowering, block: FlowBlock, ending: Ending & { kind: 'branch' }): Ending {
  const condition = block.edges[0]?.condition;
  if (condition?.kind !== 'match' || !isLastCase(l, condition.expression)) return ending;
  const at = condition.expression;
  const doubt = newBlock(l);
  l.blocks[doubt] = { operations: [{ kind: 'doubt', at }], ending: { kind: 'jump', at, next: ending.no } };
  return { ...ending, no: doubt };
}

function isLastCase(l: Lowering, expression: Node): boolean {
  const clause = closest(expression, 'expression_case');
  const clauses = (clause?.parent?.children ?? []).filter((c) => c.kind.endsWith('_case'));
  const isLast = clauses.at(-1) === clause && expression === expression.parent?.children.at(-1);
  if (!isLast || clauses.some((c) => c.kind === 'default_case')) return false;
  return expression.kind !== 'int_literal' && l.code.constantOf(expression) !== undefined;
}

function isRangeOperand(node: Node): boolean {
  return node.parent?.kind === 'range_clause' && node.field === 'right';
}

function lowerRange(l: Lowering, operand: Node): void {
  const over = lowerExpression(l, operand);
  const clause = operand.parent as Node;
  if (l.loops.some(({ statement }) => statement === clause.parent)) {
    l.values.set(clause, held(l, operand, over));
    return;
  }
  const cursor = temporary(l);
  const isFunction = l.code.underlyingOf(l.code.typeOf(operand)).kind === 'func';
  // What a function of this package does between two turns, and how many there are, is not followed.
  if (isFunction && over.kind !== 'unknown') {
    emit(l, { kind: 'escape', at: operand, values: [over] });
    emit(l, { kind: 'doubt', at: operand });
  }
  emit(l, { kind: 'range', at: operand, over, cursor });
  l.values.set(clause, { kind: 'slot', slot: cursor });
}

/** What a case of a `select` assigns from what it received. */
function lowerCommunication(l: Lowering, communication: Node): void {
  if (communication.kind !== 'receive_statement') return;
  const targets = child(communication, 'left')?.children ?? [];
  targets.forEach((target, i) => {
    const to = lowerTarget(l, target);
    const slot = l.received.get(communication)?.[i];
    if (!to || slot === undefined) return;
    const declares = l.code.bindingOf(target)?.declaredAt === target;
    emit(l, { kind: 'assign', at: communication, to, value: { kind: 'slot', slot }, declares });
  });
}

function endingOf(l: Lowering, block: FlowBlock, results: readonly Slot[]): Ending {
  const last = block.nodes.at(-1) ?? l.flow.end;
  const isLoop = l.fn.kind === 'for_statement';
  if (block.exit === 'return') return isLoop ? returnFromLoop(l, block, last) : returnOf(l, last, results);
  if (block.exit === 'abort') return abortOf(l, last);
  const [first, second] = block.edges;
  if (!first) return { kind: 'block', at: last };
  if (first.condition?.kind === 'next') {
    const loop = l.loops.find(({ head }) => head === block);
    return loop ? callOverFunction(l, loop, results) : nextOf(l, block, first.condition.expression);
  }
  if (first.condition && second) {
    const yes = first.condition.outcome ? first : second;
    const no = first.condition.outcome ? second : first;
    const condition = conditionOf(l, first.condition);
    return {
      kind: 'branch',
      at: first.condition.expression,
      condition,
      yes: yes.to.id,
      no: no.to.id,
    };
  }
  const select = first.clause?.parent;
  if (select?.kind === 'select_statement') return selectOf(l, block, select);
  if (block.edges.length > 1) {
    if (select?.kind === 'type_switch_statement') bindAlias(l, select);
    return { kind: 'choice', at: last, next: block.edges.map((e) => e.to.id) };
  }
  return { kind: 'jump', at: last, next: first.to.id };
}

/** In every clause, the variable of a type switch is the switched value. */
function bindAlias(l: Lowering, statement: Node): void {
  const operand = child(statement, 'value');
  const value = operand && l.values.get(unparen(operand));
  if (!value) return;
  for (const clause of statement.children) {
    const variable = variablesOf(l.code).get(clause);
    const slot = variable && slotOf(l, variable.binding);
    if (slot !== undefined)
      emit(l, { kind: 'assign', at: operand, to: { kind: 'slot', slot }, value, declares: true });
  }
}

function conditionOf(l: Lowering, condition: NonNullable<FlowBlock['edges'][number]['condition']>): Expr {
  if (condition.kind !== 'match')
    return boundOf(lowerExpression(l, condition.expression), condition.expression);
  const left = l.values.get(unparen(condition.tag)) ?? unknownAt(condition.tag);
  const right = l.values.get(unparen(condition.expression)) ?? lowerExpression(l, condition.expression);
  return { kind: 'binary', operator: '==', left, right };
}

/** The condition of a loop that counts up to something: an unknown bound is a number like any other. */
function boundOf(condition: Expr, at: Node): Expr {
  const isLoop = at.parent?.kind === 'for_clause' || at.parent?.kind === 'for_statement';
  if (!isLoop || condition.kind !== 'binary' || !/^[<>]=?$/.test(condition.operator)) return condition;
  return {
    ...condition,
    left: { kind: 'count', of: condition.left },
    right: { kind: 'count', of: condition.right },
  };
}

function returnOf(l: Lowering, last: Node, results: readonly Slot[]): Ending {
  const list = last.kind === 'return_statement' ? last.children[0] : undefined;
  if (!list) return { kind: 'return', at: last, values: results.map((slot) => ({ kind: 'slot', slot })) };
  const count = resultCount(l.fn);
  const found = valuesFor(l, list.children, count);
  // Code that is being typed returns too much or too little.
  const values = Array.from({ length: count }, (_, i) => found[i] ?? unknownAt(last));
  // Deferred functions see what is returned in the named results.
  results.forEach((slot, i) => {
    const value = values[i];
    if (value) emit(l, { kind: 'assign', at: last, to: { kind: 'slot', slot }, value, declares: false });
  });
  const named: readonly Expr[] = results.map((slot) => ({ kind: 'slot', slot }));
  return { kind: 'return', at: last, values: results.length > 0 ? named : values };
}

function abortOf(l: Lowering, last: Node): Ending {
  const call = last.children[0] && unparen(last.children[0]);
  const name = call ? l.code.calleeName(call) : '';
  if (/^builtin\.panic$|\.Panic(?:f|ln)?$/.test(name)) return { kind: 'panic', at: last };
  const endsGoroutine = name === 'runtime.Goexit' || name.startsWith('testing.');
  return { kind: endsGoroutine ? 'goexit' : 'exit', at: last };
}

function nextOf(l: Lowering, block: FlowBlock, clause: Node): Ending {
  const cursor = l.values.get(clause);
  const targets = child(clause, 'left')?.children ?? [];
  const operand = child(clause, 'right');
  const kind = operand ? l.code.underlyingOf(l.code.typeOf(operand)).kind : 'unknown';
  const [more, done] = block.edges[0]?.condition?.outcome ? [0, 1] : [1, 0];
  const slots = targets.map((target) => {
    const to = lowerTarget(l, target);
    return to?.kind === 'slot' ? to.slot : undefined;
  });
  return {
    kind: 'next',
    at: clause,
    cursor: cursor?.kind === 'slot' ? cursor.slot : temporary(l),
    key: kind === 'chan' ? undefined : slots[0],
    value: kind === 'chan' ? slots[0] : slots[1],
    channel: kind === 'chan',
    more: block.edges[more]?.to.id ?? 0,
    done: block.edges[done]?.to.id ?? 0,
  };
}

function selectOf(l: Lowering, block: FlowBlock, select: Node): Ending {
  const cases: Case[] = [];
  let otherwise: number | undefined;
  for (const edge of block.edges) {
    const communication = edge.clause && child(edge.clause, 'communication');
    if (!edge.clause || !communication) {
      otherwise = edge.to.id;
      continue;
    }
    cases.push(caseOf(l, communication, edge.to.id));
  }
  return { kind: 'select', at: select, cases, otherwise };
}

function caseOf(l: Lowering, communication: Node, next: number): Case {
  if (communication.kind === 'send_statement') {
    const [channel, value] = [child(communication, 'channel'), child(communication, 'value')];
    return {
      at: communication,
      channel: channel ? lowerExpression(l, channel) : unknownAt(communication),
      send: value ? lowerExpression(l, value) : unknownAt(communication),
      to: undefined,
      ok: undefined,
      next,
    };
  }
  const receive = child(communication, 'right');
  const operand = receive && child(unparen(receive), 'operand');
  const targets = child(communication, 'left')?.children ?? [];
  const slots = targets.map(() => temporary(l));
  l.received.set(communication, slots);
  return {
    at: communication,
    channel: operand ? lowerExpression(l, operand) : unknownAt(communication),
    send: undefined,
    to: slots[0],
    ok: slots[1],
    next,
  };
}
