// What has to change so that a function takes a context from its callers: all of it, or what stands in the way.

import type { Located } from '../../callgraph/search.ts';
import type { Obstacle } from '../../finding.ts';
import type { Code } from '../../model/code.ts';
import { child, type Node, textOf } from '../../syntax/node.ts';
import { callersOf } from './callers.ts';
import { type ContextSource, contextSource } from './context-source.ts';
import { heldBy, outOfReach } from './fixed-signature.ts';
import { type FreshRoot, isMeant, rootsIn } from './fresh-roots.ts';
import { givenContext } from './given-context.ts';
import { headOf, obstacleAt, shownName } from './names.ts';
import { isOver } from './over.ts';
import { parameterName, type Written } from './parameter-name.ts';

/** A function that gets the parameter, or whose nameless one gets a name. */
export interface Recipient {
  readonly code: Code;
  readonly fn: Node;
  readonly name: string;
  /** The parameter that is there and only lacks a name: `_ context.Context`, `_ *http.Request`. */
  readonly unnamed: Node | undefined;
  /** The context that it has then, as Go code: `ctx`, `r.Context()`. */
  readonly text: string;
  /** Declarations `ctx := context.Background()` that it takes the place of. */
  readonly replaced: readonly FreshRoot[];
}

/** A call that passes a context on. */
export interface Passed {
  readonly code: Code;
  readonly call: Node;
  /** What it passes, as Go code there; undefined for `context.Background()`, at the root of everything. */
  readonly text: string | undefined;
  /** Whether that is over, or may be, when the call is made. */
  readonly isOver: boolean;
}

export interface Threading {
  readonly recipients: readonly Recipient[];
  readonly calls: readonly Passed[];
  /** The calls of `context.Background` and `context.TODO` in the function that was asked for, and what they become. */
  readonly roots: readonly { readonly call: Node; readonly text: string }[];
  /** How many of them stay as they are, since they seem to be meant so. */
  readonly kept: number;
}

export type Plan =
  | { readonly kind: 'threading'; readonly threading: Threading }
  | { readonly kind: 'obstacles'; readonly obstacles: readonly Obstacle[] };

/** More functions are no change that a person reviews; fewer are enough to tell where it stops. */
const mostFunctions = 60;
const mostBehindObstacle = 20;

interface Found {
  /** The functions that need a parameter, with what for. */
  readonly functions: Map<Node, { readonly code: Code; readonly needed: string }>;
  /** Those that have one without a name. */
  readonly unnamed: Map<Node, { readonly code: Code; readonly parameter: Node; readonly suffix: string }>;
  readonly calls: { readonly at: Located; readonly source: ContextSource }[];
  readonly obstacles: Obstacle[];
}

/**
 * Plans to give `asked`, a function of the package or a literal that a variable stands for, a context, and its callers
 * in turn, up to those that have one. `focus` is the place in the function that was pointed at.
 */
export function planThreading(asked: Located, focus: Node = asked.node): Plan {
  const { code, node: fn } = asked;
  const reason = whyNot(asked);
  if (reason !== undefined) return { kind: 'obstacles', obstacles: [obstacleAt(code, headOf(fn), reason)] };
  const found: Found = { functions: new Map(), unnamed: new Map(), calls: [], obstacles: [] };
  const given = givenContext(code, fn, child(fn, 'body') ?? fn);
  if (given?.kind === 'unnamed') found.unnamed.set(fn, { code, ...given });
  else found.functions.set(fn, { code, needed: '' });
  let visited = 0;
  for (const [caller, { code: own, needed }] of found.functions) {
    const most = found.obstacles.length > 0 ? mostBehindObstacle : mostFunctions;
    if (visited++ >= most) {
      found.obstacles.push(obstacleAt(code, headOf(fn), `more than ${most} functions would have to change`));
      break;
    }
    visit({ code: own, node: caller }, needed, found);
  }
  return found.obstacles.length > 0
    ? { kind: 'obstacles', obstacles: distinct(found.obstacles) }
    : namedPlan(asked, focus, found);
}

/** What a look at a function and what is around it says against giving it a context. Costs next to nothing. */
export function whyNot({ code, node: fn }: Located): string | undefined {
  if (code.pkg.variantOf)
    return 'this file is for another build, in which the rest of the package is not seen';
  const body = child(fn, 'body') ?? fn;
  const given = givenContext(code, fn, body);
  if (given?.kind === 'named') return `${shownName(fn)} has a context already: ${given.text}`;
  const around = fn.kind === 'func_literal' ? contextSource(code, body, fn) : undefined;
  if (around?.kind === 'at hand') return `a context is at hand here already: ${around.text}`;
  return outOfReach(code, fn);
}

function visit(fn: Located, needed: string, found: Found): void {
  const reason = outOfReach(fn.code, fn.node);
  if (reason !== undefined) {
    const why = needed === '' ? reason : `${reason}; ${needed}`;
    found.obstacles.push(obstacleAt(fn.code, headOf(fn.node), why));
    return;
  }
  const { calls, obstacles } = callersOf(fn.code, fn.node);
  found.obstacles.push(...heldBy(fn.code, fn.node), ...obstacles);
  for (const at of calls) {
    const { code, node: call } = at;
    if (code.file.generated) {
      found.obstacles.push(obstacleAt(code, call, `${shownName(fn.node)} is called in a generated file`));
      continue;
    }
    const source = contextSource(code, call, fn.node);
    found.calls.push({ at, source });
    const shown = shownName(fn.node);
    if (source.kind === 'none')
      found.obstacles.push(obstacleAt(code, source.at, `${source.reason}; ${shown} is called here`));
    else if (source.kind === 'unnamed') found.unnamed.set(source.fn, { code, ...source });
    else if (source.kind === 'missing' && !found.functions.has(source.fn))
      found.functions.set(source.fn, { code, needed: `it would need a context for its call of ${shown}` });
  }
}

/** Each place once. */
function distinct(obstacles: readonly Obstacle[]): readonly Obstacle[] {
  const known = new Map(obstacles.map((o) => [`${o.at.path} ${o.at.start} ${o.reason}`, o]));
  return [...known.values()].sort(
    (a, b) => (a.at.path < b.at.path ? -1 : a.at.path > b.at.path ? 1 : 0) || a.at.start - b.at.start,
  );
}

/** The plan with the names of all parameters chosen. */
function namedPlan(asked: Located, focus: Node, found: Found): Plan {
  const recipients = new Map<Node, Recipient>();
  const roots: { call: Node; text: string }[] = [];
  let kept = 0;
  const unnamed = [...found.unnamed].map(([fn, u]) => [fn, u.code, u.parameter, u.suffix] as const);
  const added = [...found.functions].map(([fn, { code }]) => [fn, code, undefined, ''] as const);
  for (const [fn, code, parameter, suffix] of [...added, ...unnamed]) {
    const written = writtenInto(code, fn, fn === asked.node ? focus : undefined, found);
    const named = parameterName(code, fn, suffix === '' ? contextNames : namesOf(parameter), written);
    if (!named) {
      const reason = `no name for the context is free in ${shownName(fn)}`;
      return { kind: 'obstacles', obstacles: [obstacleAt(code, headOf(fn), reason)] };
    }
    const text = named.name + suffix;
    recipients.set(fn, { code, fn, unnamed: parameter, text, ...named });
    const left = written.meant.filter((root) => !named.replaced.includes(root));
    roots.push(...left.map(({ call }) => ({ call, text })));
    if (fn === asked.node)
      kept = written.roots.filter((root) => !left.includes(root) && !named.replaced.includes(root)).length;
  }
  const calls = found.calls.map(({ at, source }) => passedAt(at, source, recipients));
  const late = calls.find(({ code, isOver }) => isOver && !code.goAtLeast('1.21'));
  if (late) {
    const reason = `${late.text} may be over when this is called, and before Go 1.21 nothing cuts a context off from its end`;
    return { kind: 'obstacles', obstacles: [obstacleAt(late.code, late.call, reason)] };
  }
  return { kind: 'threading', threading: { recipients: [...recipients.values()], calls, roots, kept } };
}

function passedAt(
  { code, node: call }: Located,
  source: ContextSource,
  recipients: ReadonlyMap<Node, Recipient>,
): Passed {
  const own = 'fn' in source ? recipients.get(source.fn) : undefined;
  const text = source.kind === 'at hand' ? source.text : own?.text;
  const owner = source.kind === 'at hand' ? source.owner : own?.fn;
  // What a test leaves behind ends with it.
  const isLate = text !== undefined && owner !== undefined && !code.isTest && isOver(call, owner, text);
  return { code, call, text, isOver: isLate };
}

const contextNames = ['ctx', 'parentCtx', 'callerCtx'];

/** `r` or `request` for an `*http.Request`, `t` for a `*testing.T`. */
function namesOf(parameter: Node | undefined): readonly string[] {
  const type = parameter && child(parameter, 'type');
  const name = (type && textOf(type))?.match(/\w+$/)?.[0] ?? 'parent';
  const small = name.charAt(0).toLowerCase() + name.slice(1);
  return [small.charAt(0), small, `own${name}`];
}

/** What of a function will say the name of its parameter. Only who was asked about gets new roots replaced. */
function writtenInto(code: Code, fn: Node, focus: Node | undefined, found: Found): Written {
  const places = found.calls
    .filter(({ source }) => 'fn' in source && source.fn === fn)
    .map(({ at }) => at.node);
  const roots = rootsIn(code, fn);
  const meant = focus ? roots.filter((root) => isMeant(code, fn, root, focus)) : [];
  return { places: [...places, ...meant.map(({ call }) => call)], meant, roots };
}
