// How long a loop that sleeps can go on after the context in its scope is done.

import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { isNamed, type Type } from '../model/types.ts';
import {
  argumentsOf,
  child,
  closest,
  contains,
  isFunction,
  type Node,
  operatorOf,
  statements,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { isTarget, targetOf } from '../syntax/roles.ts';
import type { ContextInScope } from './context-in-scope.ts';
import { comparisonWithNil, leaves, successAfter } from './success.ts';

const second = 1_000_000_000n;

/** What may pass, in nanoseconds, before the end of the context is seen. */
const patience = {
  /** Where each turn asks for it. */
  asked: 10n * second,
  /** Where calls are given it, which may do nothing from then on. */
  handedOn: second,
  otherwise: second / 100n,
  /** In all, where the turns are counted: the grace that an interrupt usually gives. */
  counted: 30n * second,
};

/** Whether a sleep in a loop ends soon enough after the context is done, for what the loop does with the context. */
export function endsInTime(code: Code, sleep: Node, loop: Node, ctx: ContextInScope): boolean {
  const [duration] = argumentsOf(sleep);
  const value = duration && code.constantOf(duration);
  const uses = [...derivedFrom(code, ctx.binding)]
    .flatMap((binding) => code.usesOf(binding))
    .filter((use) => contains(loop, use));
  const isAsked = uses.some((use) => asksWhetherDone(use) || endsLoop(code, use, loop));
  if (typeof value !== 'bigint') return isAsked;
  const turns = turnsOf(code, loop);
  if (turns !== undefined && turns * value <= patience.counted) return true;
  if (isAsked) return value <= patience.asked;
  return value <= (uses.length > 0 ? patience.handedOn : patience.otherwise);
}

/** Whether a loop already asks a context, this or another one, if it is done. */
export function asksContext(code: Code, loop: Node): boolean {
  return code.calls.some(
    (call) => contains(loop, call) && /^context\.Context\.(?:Err|Done)$/.test(code.calleeName(call)),
  );
}

/** The variables that hold a context, or one that was derived from it: they end with it, if not before. */
export function derivedFrom(code: Code, context: Binding): ReadonlySet<Binding> {
  const derived = new Set([context]);
  for (const parent of derived) {
    for (const use of code.usesOf(parent)) {
      const call = derivingCall(code, use);
      const target = call && targetOf(call, 0);
      const binding = target?.kind === 'identifier' ? code.bindingOf(target) : undefined;
      if (binding) derived.add(binding);
    }
  }
  return derived;
}

/** `context.WithTimeout(ctx, …)`, `r.Context()` */
function derivingCall(code: Code, use: Node): Node | undefined {
  const { parent } = use;
  const call =
    parent?.kind === 'argument_list' || parent?.kind === 'selector_expression' ? parent.parent : undefined;
  if (call?.kind !== 'call_expression') return undefined;
  const name = code.calleeName(call);
  if (parent?.kind === 'selector_expression') return name === 'net/http.Request.Context' ? call : undefined;
  return /^context\.With(?!outCancel)/.test(name) ? call : undefined;
}

function asksWhetherDone(use: Node): boolean {
  return /^(?:\.Context\(\))?\.(?:Err|Done)\(\)/.test(use.tree.text.slice(use.end));
}

/** Whether the context is given to a call of every turn whose error leaves the loop. */
function endsLoop(code: Code, use: Node, loop: Node): boolean {
  const around = closest(use, 'argument_list', 'block');
  const call = around?.kind === 'argument_list' ? around.parent : undefined;
  const statement = call?.parent?.parent;
  const error = call && errorOf(code, call, statement);
  if (!call || !statement || !error || !isInEachTurn(statement, loop)) return false;
  const siblings = statement.parent?.children ?? [];
  const next =
    statement.field === 'initializer' ? statement.parent : siblings[siblings.indexOf(statement) + 1];
  if (next?.kind !== 'if_statement') return successAfter(code, statement, error) !== undefined;
  const [condition, block] = [child(next, 'condition'), child(next, 'consequence')];
  const isOwn = (child(next, 'initializer') ?? statement) === statement;
  return block !== undefined && isOwn && holdsOnError(condition, error) && leavesLoop(code, block, loop);
}

/** Whether a condition is true if an error is not nil, whatever else it asks: `err != nil || done`. */
function holdsOnError(condition: Node | undefined, error: Node): boolean {
  const node = condition && unparen(condition);
  if (node?.kind === 'binary_expression' && operatorOf(node) === '||')
    return holdsOnError(child(node, 'left'), error) || holdsOnError(child(node, 'right'), error);
  return comparisonWithNil(node, error) === '!=';
}

/** The variable that gets the error of a call. */
function errorOf(code: Code, call: Node, statement: Node | undefined): Node | undefined {
  if (statement?.kind !== 'short_var_declaration' && statement?.kind !== 'assignment_statement')
    return undefined;
  if (call.parent?.field !== 'right' || call.parent.children.length > 1) return undefined;
  const last = child(statement, 'left')?.children.at(-1);
  return last && isError(code.typeOf(last), textOf(last)) ? last : undefined;
}

/** A call of a package that is not visible has an error if what gets it is called so. */
function isError(type: Type, name: string): boolean {
  return isNamed(type, '', 'error') || (type.kind === 'unknown' && /err/i.test(name));
}

/** Whether nothing in the loop decides whether a statement of it runs. */
function isInEachTurn(statement: Node, loop: Node): boolean {
  for (let at = statement; at.parent && at.parent !== loop; at = at.parent) {
    const isHeader =
      at.parent.kind === 'if_statement' && (at.field === 'initializer' || at.field === 'condition');
    if (!isHeader && !['statement_list', 'block', 'for_statement'].includes(at.parent.kind)) return false;
  }
  return true;
}

function leavesLoop(code: Code, block: Node, loop: Node): boolean {
  const last = statements(block).at(-1);
  if (!last || !leaves(code, block) || last.kind === 'continue_statement') return false;
  if (last.kind !== 'break_statement' || last.children.length > 0) return true;
  const inner = closest(
    last,
    'for_statement',
    'expression_switch_statement',
    'type_switch_statement',
    'select_statement',
  );
  return inner === loop;
}

/** How often a loop runs at most, together with the loops around it; undefined if that is not written down. */
function turnsOf(code: Code, loop: Node): bigint | undefined {
  let turns = 1n;
  for (let at: Node | undefined = loop; at && !isFunction(at); at = at.parent) {
    const count = at.kind === 'for_statement' ? countOf(code, at) : 1n;
    if (count === undefined) return undefined;
    turns *= count;
  }
  return turns;
}

/** `for range 5`, `for i := 0; i < 5; i++` */
function countOf(code: Code, loop: Node): bigint | undefined {
  const [clause] = loop.children;
  const limit = clause?.kind === 'range_clause' ? child(clause, 'right') : clause && limitOf(code, clause);
  const value = limit && code.constantOf(limit);
  return typeof value === 'bigint' && value >= 0n ? value : undefined;
}

function limitOf(code: Code, clause: Node): Node | undefined {
  const [start, condition, update] = [
    child(clause, 'initializer'),
    child(clause, 'condition'),
    child(clause, 'update'),
  ];
  const [counter, ...more] =
    start?.kind === 'short_var_declaration' ? (child(start, 'left')?.children ?? []) : [];
  const [first] = (start && child(start, 'right')?.children) ?? [];
  const from = first && code.constantOf(first);
  if (!counter || more.length > 0 || typeof from !== 'bigint' || from < 0n) return undefined;
  if (condition?.kind !== 'binary_expression' || update?.kind !== 'inc_statement') return undefined;
  const binding = code.bindingOf(counter);
  const [left, limit] = [child(condition, 'left'), child(condition, 'right')];
  const isCounted = operatorOf(condition) === '<' && left && binding && code.bindingOf(left) === binding;
  const isTouched = (use: Node): boolean =>
    use !== counter &&
    use.parent !== update &&
    (isTarget(use) || /^(?:inc|dec)_/.test(use.parent?.kind ?? ''));
  return isCounted && !code.usesOf(binding).some(isTouched) ? limit : undefined;
}
