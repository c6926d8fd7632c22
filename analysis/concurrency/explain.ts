// A verdict in words: the shortest way to it, step by step.

import {
  child,
  closest,
  contains,
  enclosingFunction,
  type Node,
  nodesOf,
  operatorOf,
  textOf,
} from '../syntax/node.ts';
import type { Defect } from './defects.ts';
import type { WitnessStep } from './explore.ts';
import type { Event } from './state.ts';

export interface Explanation {
  readonly at: Node;
  readonly message: string;
  readonly step: { readonly order: number; readonly goroutine: string };
}

/** What somebody does at a place; what happens at once with others is one moment. */
interface Act {
  readonly who: string;
  readonly at: Node;
  readonly message: string;
}
type Moment = readonly Act[];

/** More steps than anybody reads: of a longer witness, the last ones are shown. */
const mostSteps = 14;

/** The steps that lead to a defect, in order. Goroutines are numbered as they are started. */
export function explain({ verdict, root }: Defect): readonly Explanation[] {
  const names = new Map<string, string>([['0', nameOf(root)]]);
  const moments = verdict.witness.flatMap((step) => [
    ...stepMoments(step, names),
    ...step.events.flatMap((event) => eventMoments(event, names)),
  ]);
  const who = nameIn(names, verdict.goroutine);
  const end = `${who} ${verdict.kind === 'stuck' ? 'waits here for ever' : 'panics here'}`;
  return [...moments, [{ who, at: verdict.call.at, message: end }]]
    .slice(-mostSteps)
    .flatMap((moment, i) =>
      moment.map((act) => ({ at: act.at, message: act.message, step: { order: i + 1, goroutine: act.who } })),
    );
}

function nameOf(fn: Node): string {
  const name = child(fn, 'name');
  return name ? textOf(name) : 'the function';
}

function nameIn(names: Map<string, string>, id: string): string {
  const known = names.get(id);
  if (known !== undefined) return known;
  const name = `goroutine ${names.size}`;
  names.set(id, name);
  return name;
}

function stepMoments(step: WitnessStep, names: Map<string, string>): Moment[] {
  const [first, second] = step.actors;
  const [at, other] = step.at;
  if (first === undefined || !at) return [];
  const who = nameIn(names, first);
  if (second !== undefined && other) {
    const partner = nameIn(names, second);
    return [
      [
        { who, at, message: `${who} sends to ${partner}` },
        { who: partner, at: other, message: `${partner} receives from ${who}` },
      ],
    ];
  }
  const verb = verbs[step.name] ?? `calls ${step.name.replace(/^.*\.(?=\w+\.\w+$)/, '')}`;
  return [[{ who, at, message: `${who} ${verb}` }]];
}

const verbs: Readonly<Record<string, string>> = {
  send: 'sends',
  receive: 'receives',
  close: 'closes the channel',
  cancel: 'cancels the context',
  default: 'takes the default case',
  waits: 'waits for the lock',
};

function eventMoments(
  { goroutine, at, kind, outcome, started }: Event,
  names: Map<string, string>,
): Moment[] {
  const who = nameIn(names, goroutine);
  switch (kind) {
    case 'start':
      return started === undefined ? [] : [[{ who, at, message: `${who} starts ${nameIn(names, started)}` }]];
    case 'return':
      return [[{ who, at, message: `${who} returns` }]];
    case 'branch':
      return branchTexts(at, outcome, who).map((message) => [{ who, at, message }]);
  }
}

function branchTexts(at: Node, outcome: boolean | undefined, who: string): string[] {
  if (outcome === undefined) return [];
  const clause = closest(at, 'expression_case');
  const tag = clause?.parent && at.parent?.parent === clause ? child(clause.parent, 'value') : undefined;
  if (!tag) return [`in ${who}, ${short(at)} is ${outcome}`];
  // A case that is passed over says nothing that the one that is taken does not.
  return outcome ? [`in ${who}, ${short(tag)} is ${short(at)}`] : [];
}

function short(node: Node): string {
  const text = textOf(node).replace(/\s+/g, ' ');
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** The channel that an operation is about, as it is written; `the channel` if it is not simple. */
export function channelText(at: Node): string {
  const channel =
    at.kind === 'send_statement'
      ? child(at, 'channel')
      : at.kind === 'range_clause'
        ? child(at, 'right')
        : at.kind === 'unary_expression' && operatorOf(at) === '<-'
          ? child(at, 'operand')
          : undefined;
  const text = channel ? textOf(channel) : '';
  return /^[\w.]{1,30}$/.test(text) ? text : 'the channel';
}

/** Who is stuck or panics: the function that was explored, or a goroutine that it started. */
export function isInGoroutine({ verdict, root }: Defect): boolean {
  return verdict.goroutine !== '0' || root.parent?.parent?.kind === 'go_statement';
}

/**
 * Whether a defect is worth telling. A program that has returned from `main` has no goroutines left, and a
 * `select {}` or a receive from a channel that nobody else has is a way to keep a program running.
 */
export function isWorthTelling(defect: Defect): boolean {
  const { verdict, root, code } = defect;
  const isMain = code.pkg.name === 'main' && nameOf(root) === 'main' && root.kind === 'function_declaration';
  if (isMain && !verdict.blocksRoot && verdict.kind === 'stuck') return false;
  return !isToken(defect) && (isInGoroutine(defect) || !isOnPurpose(defect));
}

/**
 * Whether a receive takes a token back that the same function has sent: a channel that counts. What the balance is
 * depends on more than the model knows of.
 */
function isToken({ verdict }: Defect): boolean {
  const { name, at, results } = verdict.call;
  const fn = enclosingFunction(at);
  if (name !== 'receive' || (results[0] ?? -1) >= 0 || !fn || !verdict.hasRoom) return false;
  const channel = child(at, 'operand');
  return nodesOf(at.tree, 'send_statement').some((send) => {
    const to = child(send, 'channel');
    return to && channel && contains(fn, send) && textOf(to) === textOf(channel);
  });
}

/**
 * Whether a function waits for ever because that is what it is there for: in a `select {}`, for a channel that it has
 * made and nobody else knows, or in a `select` some of whose channels are nil, so that it depends on the others.
 */
function isOnPurpose({ verdict, code }: Defect): boolean {
  const { name, at, args } = verdict.call;
  if (name === 'block') return true;
  if (name === 'select') return args.some((value, i) => i % 2 === 0 && value === null);
  const channel = name === 'receive' ? child(at, 'operand') : undefined;
  if (channel?.kind === 'call_expression') return true;
  const binding = channel?.kind === 'identifier' ? code.bindingOf(channel) : undefined;
  return binding?.scope === 'local' && code.usesOf(binding).length === 2;
}
