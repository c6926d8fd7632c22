// A duty that comes with a resource: what is acquired at one place must be released on every path from there.
//
// How to use it. A rule finds the call that acquires (`context.WithCancel(…)`, `http.Get(…)`) and says which of its
// results is the resource and what the places where it stands mean for it (`Meanings`). `obligationOf` finds the
// variable that holds it, follows that variable through the function, through second variables, function literals
// and functions of the package that it is passed to, and searches for a path on which nobody releases it.
//
// What is decided here, unless the rule's `meanings` says otherwise:
//   - a comparison, `_ = x` and a bare `x` keep the duty; a use that is not a call is not a release;
//   - to return the resource, to store it anywhere but in a local variable, to send it, to take its address, to
//     call something unknown with it and to select anything from it hands it over: there is no duty on that path;
//   - a call of a visible function is what its body does with the parameter on all of its paths; a literal that is
//     called or deferred where it stands, likewise. Any other literal that does more than keep hands over;
//   - if it only happens on some paths of a callee or deferred literal, it counts as handed over;
//   - a variable is nil until the call and not nil after it, and conditions are correlated (flow/paths.ts), so that
//     `if x { acquire }; if x { release }` and `if cancel != nil { cancel() }` hold.
//
// A leak ends at a `return` (or the end of the body), where the variable is overwritten, or where a loop comes back
// to the call. A path that panics, exits the process or ends the goroutine is no leak, nor is the end of `main`.

import type { Fact } from '../flow/atoms.ts';
import type { Condition, Flow } from '../flow/flow.ts';
import { dominates, placeOf, reachableFrom } from '../flow/graph.ts';
import { type Path, type PathQuery, searchPath } from '../flow/paths.ts';
import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import {
  argumentsOf,
  child,
  contains,
  enclosingFunction,
  type Node,
  textOf,
  unparen,
} from '../syntax/node.ts';
import { isBlank, isVariadicAt, literalUnder, parameterAt, roleOf, targetOf } from '../syntax/roles.ts';
import { type Fate, fateOf, isResultOf, type Meanings, ownerOf } from './custody.ts';
import { isEndOfEndless } from './endless-range.ts';
import { isMain } from './entry-point.ts';

/** What is acquired, and how to tell what becomes of it. */
export interface Duty {
  /** The `call_expression` that acquires the resource. */
  readonly acquisition: Node;
  /** Which of its results the resource is, counted from 0. */
  readonly result: number;
  /** Which of its results is an error: where that is not nil, there is no resource. */
  readonly error?: number;
  /** Results that are not nil where there is a resource, such as the context beside its cancel function. */
  readonly companions?: readonly number[];
  readonly meanings: Meanings;
}

export type Obligation =
  /** No variable gets the resource. `at`: the `_` that does, or the call whose result is dropped. */
  | { readonly kind: 'discarded'; readonly at: Node }
  | Leak
  /** On every path that ends. */
  | { readonly kind: 'released'; readonly binding: Binding | undefined }
  /** On some path; on all others it is released. */
  | { readonly kind: 'handed-over' }
  /** No path ends, or there are too many of them. */
  | { readonly kind: 'unknown' };

export interface Leak {
  readonly kind: 'leaks';
  /** The variable that holds the resource, and the identifier that gets it from the call. */
  readonly binding: Binding;
  readonly variable: Node;
  /** Whether it is released or handed over on other paths; if not, it never is. */
  readonly elsewhere: 'released' | 'handed-over' | 'never';
  /** One path for each place where a leak ends, the nearest first; never empty. */
  readonly paths: readonly LeakingPath[];
}

/** `end` is the entry at which the resource is lost. */
export interface LeakingPath extends Path {
  /** The function returns; the variable gets another value; the call is reached again. */
  readonly how: 'returned' | 'overwritten' | 'repeated';
  /** Whether every way to `end` leads through the call and leaks, so that the release can be put before it. */
  readonly isOnlyWay: boolean;
}

/** What the code does about a duty. */
export function obligationOf(code: Code, duty: Duty): Obligation {
  const fn = enclosingFunction(duty.acquisition);
  if (!fn) return { kind: 'handed-over' };
  const holder = holderOf(code, duty);
  if ('kind' in holder) return holder;
  const { binding, variable } = holder;
  if (binding.kind !== 'variable' || ownerOf(binding) !== fn) return { kind: 'handed-over' };

  const flow = code.flowOf(fn);
  const effects = effectsIn({ code, fn, duty, active: new Set([fn]) }, [binding], variable);
  const canRelease = effects.lasting.some((entry) => leadsTo(flow, entry, duty.acquisition));
  if (binding.declaredAt !== variable && canRelease) return { kind: 'handed-over' };
  const paths = leakingPaths(code, flow, duty, binding, effects);
  if (!paths) return { kind: 'unknown' };
  const reached = [...effects.at].filter(([entry]) => leadsTo(flow, duty.acquisition, entry));
  const isReleased = reached.some(([, effect]) => effect === 'release');
  const isHandedOver = reached.some(([, effect]) => effect === 'hand-over');
  if (paths.length > 0) {
    const elsewhere = isReleased ? 'released' : isHandedOver ? 'handed-over' : 'never';
    return { kind: 'leaks', binding, variable, elsewhere, paths };
  }
  if (isHandedOver) return { kind: 'handed-over' };
  return isReleased ? { kind: 'released', binding } : { kind: 'unknown' };
}

/** The variable that gets the resource, or what becomes of it without one. */
function holderOf(code: Code, duty: Duty): { binding: Binding; variable: Node } | Obligation {
  const target = targetOf(duty.acquisition, duty.result);
  if (target) {
    if (isBlank(target)) return { kind: 'discarded', at: target };
    const binding = target.kind === 'identifier' ? code.bindingOf(target) : undefined;
    return binding ? { binding, variable: target } : { kind: 'handed-over' };
  }
  const fate = fateOf(duty.acquisition, code, duty.meanings);
  if (fate.kind === 'alias') return { binding: fate.binding, variable: fate.at };
  if (fate.kind === 'keep') return { kind: 'discarded', at: duty.acquisition };
  return fate.kind === 'release' ? { kind: 'released', binding: undefined } : { kind: 'handed-over' };
}

/** What is known right after the call, and what conditions cannot come out as because of that. */
function knowledgeAt(code: Code, duty: Duty, resource: Binding): Pick<PathQuery, 'given' | 'possible'> {
  const bindingOf = (result: number): Binding | undefined => {
    const target = targetOf(duty.acquisition, result);
    return target?.kind === 'identifier' && !isBlank(target) ? code.bindingOf(target) : undefined;
  };
  const error = duty.error === undefined ? undefined : bindingOf(duty.error);
  const isNil: Fact | undefined = error && { variable: error, is: 'nil' };
  const present = [resource, ...(duty.companions ?? []).flatMap((result) => bindingOf(result) ?? [])];
  const guards = guardsOf(duty.acquisition);
  return {
    given: [...present.map((variable): Fact => ({ variable, is: 'not-nil' })), ...(isNil ? [isNil] : [])],
    possible(condition, holds) {
      if (isEndOfEndless(code, condition)) return false;
      if (isContradicted(condition, guards)) return false;
      const tests =
        condition.kind === 'test' && condition.outcome ? unparen(condition.expression) : undefined;
      const asked = tests && askedError(code, tests);
      return !(isNil && asked?.includes(error) && holds(isNil));
    },
  };
}

/** The variables that a condition can only be true for if they are not nil: `errors.Is(err, …)`, the `ok` of `err.(T)`. */
function askedError(code: Code, condition: Node): readonly (Binding | undefined)[] {
  if (condition.kind === 'call_expression')
    return argumentsOf(condition).map((a) => code.bindingOf(unparen(a)));
  const list = condition.kind === 'identifier' ? code.bindingOf(condition)?.declaredAt?.parent : undefined;
  const value = list?.parent && child(list.parent, 'right')?.children[0];
  const operand = value?.kind === 'type_assertion_expression' ? child(value, 'operand') : undefined;
  return operand ? [code.bindingOf(unparen(operand))] : [];
}

/** The conditions, by their text, of the `if` statements around a node that call something. */
function guardsOf(node: Node): ReadonlyMap<string, boolean> {
  const guards = new Map<string, boolean>();
  for (let at: Node = node; at.parent && at.kind !== 'func_literal'; at = at.parent) {
    const condition = at.parent.kind === 'if_statement' ? child(at.parent, 'condition') : undefined;
    const calls = condition && textOf(condition).includes('(');
    if (calls && (at.field === 'consequence' || at.field === 'alternative'))
      guards.set(textOf(condition), at.field === 'consequence');
  }
  return guards;
}

/** A call that decided whether the resource is acquired is taken to answer the same when it is asked again. */
function isContradicted(condition: Condition, guards: ReadonlyMap<string, boolean>): boolean {
  const before = condition.kind === 'test' ? guards.get(textOf(condition.expression)) : undefined;
  return before !== undefined && before !== condition.outcome;
}

/** One path for each place where a leak ends; undefined if the search was given up. */
function leakingPaths(
  code: Code,
  flow: Flow,
  duty: Duty,
  binding: Binding,
  effects: Effects,
): readonly LeakingPath[] | undefined {
  const place = placeOf(flow, duty.acquisition);
  const acquired = place?.block.nodes[place.index];
  if (!acquired) return undefined;
  const ends = new Set<Node>();
  const query: PathQuery = {
    from: duty.acquisition,
    names: code,
    stops: (entry) => ends.has(entry) || isDone(effects.at.get(entry)),
    to: (entry) => entry === acquired || effects.at.get(entry) === 'overwrite',
    exits: isMain(code, flow.fn) ? [] : ['return'],
    ...knowledgeAt(code, duty, binding),
  };
  const done = [...effects.at].flatMap(([entry, effect]) => (isDone(effect) ? [entry] : []));
  const paths: LeakingPath[] = [];
  while (paths.length < mostPaths) {
    const search = searchPath(flow, query);
    if (search.verdict === 'none') break;
    if (search.verdict === 'unknown') return paths.length > 0 ? paths : undefined;
    const { path } = search;
    const how = path.exit ? 'returned' : path.end === acquired ? 'repeated' : 'overwritten';
    const isOnlyWay =
      dominates(flow, acquired, path.end) && !done.some((entry) => leadsTo(flow, entry, path.end));
    paths.push({ ...path, how, isOnlyWay });
    ends.add(path.end);
  }
  return paths;
}

const mostPaths = 32;

/** Whether control can come from one node to another. */
function leadsTo(flow: Flow, from: Node, to: Node): boolean {
  const [before, after] = [placeOf(flow, from), placeOf(flow, to)];
  if (!before || !after) return false;
  const isLater = before.block === after.block && before.index < after.index;
  return isLater || reachableFrom(before.block).has(after.block);
}

type Effect = 'release' | 'hand-over' | 'overwrite';

/** What the entries of one function do with the variables that hold the resource. */
interface Effects {
  readonly at: ReadonlyMap<Node, Effect>;
  /** Entries that make something which can also release what the variable gets later: a literal, a pointer to it. */
  readonly lasting: readonly Node[];
}

interface Watch {
  readonly code: Code;
  readonly fn: Node;
  readonly duty: Pick<Duty, 'meanings'>;
  /** The functions that are being looked at, against recursion. */
  readonly active: ReadonlySet<Node>;
}

const strength: Readonly<Record<Effect, number>> = { overwrite: 1, release: 2, 'hand-over': 3 };
const deepest = 5;

/** Follows variables, and those that get their value, through a function. `acquired` is the use that is the call's own. */
function effectsIn(watch: Watch, held: readonly Binding[], acquired?: Node): Effects {
  const { code, fn, duty } = watch;
  const flow = code.flowOf(fn);
  const at = new Map<Node, Effect>();
  const lasting: Node[] = [];
  const literals = new Set<Node>();
  const bindings = [...held];
  const record = (node: Node, effect: Effect, lasts: boolean): void => {
    const place = placeOf(flow, node);
    const entry = place?.block.nodes[place.index];
    if (!entry) return;
    const known = at.get(entry);
    if (!known || strength[known] < strength[effect]) at.set(entry, effect);
    if (lasts) lasting.push(entry);
  };
  for (const binding of bindings) {
    if (isResultOf(binding, fn)) for (const end of nakedReturns(flow)) record(end, 'hand-over', false);
    for (const use of code.usesOf(binding)) {
      if (use === acquired || use.field === 'name' || !contains(fn, use)) continue;
      const literal = literalUnder(fn, use);
      if (literal) {
        literals.add(literal);
        continue;
      }
      const fate = fateOf(use, code, duty.meanings);
      if (fate.kind === 'alias' && ownerOf(fate.binding) === fn) {
        if (!bindings.includes(fate.binding)) bindings.push(fate.binding);
        continue;
      }
      if (held.includes(binding) || fate.kind !== 'overwrite') {
        const effect = effectOf(fate, watch);
        if (effect) record(use, effect, use.parent?.kind === 'unary_expression');
      }
    }
  }
  for (const literal of literals) {
    const effect = effectOfLiteral(literal, bindings, watch);
    if (effect) record(literal, effect, roleOf(literal) !== 'called');
  }
  return { at, lasting };
}

function effectOf(fate: Fate, watch: Watch): Effect | undefined {
  if (fate.kind === 'keep') return undefined;
  if (fate.kind === 'argument') return effectOfCall(fate.call, fate.index, watch);
  return fate.kind === 'alias' ? 'hand-over' : fate.kind;
}

/** What a call does with one of its arguments. */
function effectOfCall(call: Node, index: number, watch: Watch): Effect | undefined {
  if (call.parent?.kind === 'go_statement') return 'hand-over';
  const called = child(call, 'function');
  const literal = called && unparen(called).kind === 'func_literal' ? unparen(called) : undefined;
  const callee = literal ? undefined : watch.code.calleeOf(call);
  const code = literal ? watch.code : callee && watch.code.bodyOf(callee);
  const fn = literal ?? code?.root;
  if (!code || !fn || isVariadicAt(fn, index)) return 'hand-over';
  const parameter = parameterAt(fn, index);
  if (!parameter || isBlank(parameter)) return undefined;
  const binding = code.bindingOf(parameter);
  return binding ? effectOfRunning(fn, [binding], { ...watch, code }) : 'hand-over';
}

function effectOfLiteral(literal: Node, bindings: readonly Binding[], watch: Watch): Effect | undefined {
  const role = roleOf(literal);
  if (role === 'called' || role === 'deferred') return effectOfRunning(literal, bindings, watch);
  if (role === 'spawned' || watch.active.size > deepest) return 'hand-over';
  const { at } = effectsIn({ ...watch, fn: literal, active: new Set([...watch.active, literal]) }, bindings);
  return at.size > 0 ? 'hand-over' : undefined;
}

/** What one run of a function does with a resource that it finds in its parameter or in variables around it. */
function effectOfRunning(fn: Node, bindings: readonly Binding[], watch: Watch): Effect | undefined {
  if (watch.active.has(fn) || watch.active.size > deepest) return 'hand-over';
  const effects = effectsIn({ ...watch, fn, active: new Set([...watch.active, fn]) }, bindings);
  if (effects.at.size === 0) return undefined;
  if (has(effects, 'hand-over') || has(effects, 'overwrite')) return 'hand-over';
  const search = searchPath(watch.code.flowOf(fn), {
    from: fn,
    names: watch.code,
    stops: (entry) => isDone(effects.at.get(entry)),
    given: bindings.map((variable) => ({ variable, is: 'not-nil' })),
  });
  return search.verdict === 'none' ? 'release' : 'hand-over';
}

function nakedReturns(flow: Flow): readonly Node[] {
  return flow.blocks.flatMap((block) =>
    block.nodes.filter((n) => n.kind === 'return_statement' && n.children.length === 0),
  );
}

function isDone(effect: Effect | undefined): boolean {
  return effect === 'release' || effect === 'hand-over';
}

function has(effects: Effects, effect: Effect): boolean {
  return [...effects.at.values()].includes(effect);
}
