// What goroutines of a loop wait for besides their own work: channels, conditions and locks that others have too.

import { targetsOf } from '../callgraph/call-graph.ts';
import type { Located } from '../callgraph/search.ts';
import { isContext } from '../model/calls.ts';
import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { isNamed } from '../model/types.ts';
import {
  argumentsOf,
  child,
  contains,
  descendants,
  mayBeCall,
  type Node,
  operatorOf,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { parameterAt } from '../syntax/roles.ts';
import type { Spawn } from './spawning-loop.ts';

/**
 * Whose something is: `own` of the goroutine, `time` that passes or a context that ends, a variable of the function
 * that starts it, or of `others`.
 */
export type Owner = 'own' | 'time' | 'others' | Binding;

/** One thing that a goroutine may wait for. */
export interface Exchange extends Located {
  readonly kind: 'send' | 'receive' | 'wait' | 'lock' | 'again' | 'spin';
  readonly owner: Owner;
}

/** How far calls are followed. */
const deepest = 3;

interface Visit {
  readonly spawner: Code;
  readonly spawn: Spawn;
  readonly found: Exchange[];
  readonly seen: Set<Node>;
}

/**
 * What the goroutines of a spawn exchange with others, as far as the package shows in a few steps. `again` is a call of the
 * function that starts them, `spin` a loop that may go round until others have done something.
 */
export function exchangesOf(code: Code, spawn: Spawn): readonly Exchange[] {
  const visit: Visit = { spawner: code, spawn, found: [], seen: new Set() };
  for (const { code: of, node: fn } of spawn.runs) {
    const given =
      spawn.by === 'go'
        ? argumentsOf(spawn.started).map((arg) => ownerOf(code, arg, new Map(), undefined))
        : [];
    visitFunction(visit, of, fn, given, 0);
  }
  return visit.found;
}

function visitFunction(v: Visit, code: Code, fn: Node, given: readonly Owner[], depth: number): void {
  if (v.seen.has(fn)) return;
  v.seen.add(fn);
  const owners = new Map<Binding, Owner>();
  given.forEach((owner, i) => {
    const name = parameterAt(fn, i);
    const binding = name && code.bindingOf(name);
    if (binding) owners.set(binding, owner);
  });
  const add = (kind: Exchange['kind'], node: Node, on: Node | undefined): void => {
    const owner = on ? ownerOf(code, on, owners, fn) : 'others';
    if (owner !== 'own' && owner !== 'time') v.found.push({ kind, code, node, owner });
  };
  for (const node of descendants(child(fn, 'body') ?? fn)) {
    if (node.kind === 'send_statement') add('send', node, child(node, 'channel'));
    if (node.kind === 'unary_expression' && operatorOf(node) === '<-')
      add('receive', node, child(node, 'operand'));
    if (node.kind === 'range_clause') {
      const over = child(node, 'right');
      if (over && code.underlyingOf(code.typeOf(over)).kind === 'chan') add('receive', node, over);
    }
    if (depth === 0 && node.kind === 'for_statement' && maySpin(code, node)) add('spin', node, undefined);
    if (mayBeCall(node)) visitCall(v, code, node, owners, fn, depth, add);
  }
}

/** Whether a loop has no end of its own, or asks for what others set. */
function maySpin(code: Code, loop: Node): boolean {
  const head = loop.children.filter((c) => c.field !== 'body');
  return (
    head.length === 0 ||
    head.some((part) =>
      [...descendants(part)].some(
        (node) => mayBeCall(node) && /^sync\/atomic\..*Load/.test(code.calleeName(node)),
      ),
    )
  );
}

function visitCall(
  v: Visit,
  code: Code,
  call: Node,
  owners: ReadonlyMap<Binding, Owner>,
  fn: Node,
  depth: number,
  add: (kind: Exchange['kind'], node: Node, on: Node | undefined) => void,
): void {
  const callee = code.calleeOf(call);
  const name = callee?.name ?? '';
  if (/^sync\.(?:WaitGroup|Cond)\.Wait$|errgroup\.Group\.(?:Wait|Go)$/.test(name))
    add('wait', call, callee?.receiver);
  if (/^sync\.(?:RW)?Mutex\.R?Lock$/.test(name)) add('lock', call, callee?.receiver);
  for (const target of targetsOf(code, call).functions) {
    if (contains(fn, target.node) && target.code === code) continue;
    if (target.node === v.spawner.root) v.found.push({ kind: 'again', code, node: call, owner: 'others' });
    else if (depth < deepest) {
      const given = argumentsOf(call).map((arg) => ownerOf(code, arg, owners, fn));
      visitFunction(v, target.code, target.node, given, depth + 1);
    }
  }
}

/** Whose a channel, lock or group is that an expression in a function stands for. */
function ownerOf(
  code: Code,
  expression: Node,
  owners: ReadonlyMap<Binding, Owner>,
  fn: Node | undefined,
): Owner {
  const node = unparen(expression);
  if (node.kind === 'call_expression') return passesByItself(code, node) ? 'time' : 'others';
  if (node.kind === 'unary_expression' || node.kind === 'selector_expression') {
    const operand = child(node, 'operand');
    if (!operand) return 'others';
    const isTimer =
      isNamed(code.typeOf(operand), 'time', 'Timer') || isNamed(code.typeOf(operand), 'time', 'Ticker');
    if (isTimer && /\.C$/.test(textOf(node))) return 'time';
    const owner = ownerOf(code, operand, owners, fn);
    // A field of a variable of the spawning function is one that others can have.
    return node.kind === 'selector_expression' && typeof owner === 'object' ? 'others' : owner;
  }
  const binding = node.kind === 'identifier' ? code.bindingOf(node) : undefined;
  const at = binding?.declaredAt;
  if (!binding || !at) return 'others';
  const known = owners.get(binding);
  if (known !== undefined) return known;
  if (!fn || !contains(fn, at)) return binding.scope === 'local' ? binding : 'others';
  if (binding.scope !== 'local') return 'others';
  const alias = aliased(at);
  return alias ? ownerOf(code, alias, owners, fn) : 'own';
}

/** The variable or field that a variable is declared to be another name for. */
function aliased(declared: Node): Node | undefined {
  const statement = declared.parent?.parent;
  const values =
    statement?.kind === 'short_var_declaration' ? child(statement, 'right')?.children : undefined;
  const value = values?.[declared.parent?.children.indexOf(declared) ?? -1];
  return value && /^(?:identifier|selector_expression)$/.test(value.kind) ? value : undefined;
}

function passesByItself(code: Code, call: Node): boolean {
  if (/^time\.(?:After|Tick)$/.test(code.calleeName(call))) return true;
  const fn = child(call, 'function');
  const operand = fn?.kind === 'selector_expression' ? child(fn, 'operand') : undefined;
  return operand !== undefined && /\.Done$/.test(textOf(fn as Node)) && isContext(code.typeOf(operand));
}
