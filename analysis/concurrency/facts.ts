// Which outcomes of branches are worth keeping. Most conditions are asked once, and a state that remembered how each
// came out would never meet one that came another way. So an outcome is dropped until its condition is found to be
// asked again; then the exploration starts anew and keeps it (counterexample-guided refinement: Clarke et al., 2000).

import type { Behaviour } from './ir.ts';
import { reachedFrom, successors } from './liveness.ts';
import type { Activation, Frame, Goroutine } from './state.ts';

/** What one exploration has learnt of its facts, by what they are about. */
export interface Facts {
  /** Their outcomes are kept. */
  readonly kept: ReadonlySet<string>;
  /** Their outcomes were dropped, by the place where they came about. */
  readonly dropped: Map<string, string>;
  /** Outcomes that were asked for after they had been dropped: what has been explored is too coarse. */
  readonly missed: Set<string>;
  /** Too much was missed to find out what is needed: all outcomes are kept. */
  readonly all: boolean;
}

export function newFacts(kept: ReadonlySet<string>, all: boolean): Facts {
  return { kept, dropped: new Map(), missed: new Set(), all };
}

/** Whether to keep how a branch of a goroutine came out; inside a loop, the same branch asks again. */
export function keeps(facts: Facts, fact: string, frame: Activation, { stack }: Goroutine): boolean {
  // What was counted no further is another number each time.
  if (fact.includes('…')) return false;
  const subject = subjectOf(fact);
  if (facts.all || facts.kept.has(subject) || stack.some(isInLoop)) return true;
  const known = facts.dropped.get(subject);
  const place = placeOf(frame);
  if (known === undefined) facts.dropped.set(subject, place);
  else if (known !== place) facts.missed.add(subject);
  return false;
}

/** Notes that nothing is known of a fact that is asked for. */
export function askedAgain(facts: Facts, fact: string, frame: Activation): void {
  const subject = subjectOf(fact);
  const dropped = facts.dropped.get(subject);
  if (dropped !== undefined && dropped !== placeOf(frame)) facts.missed.add(subject);
}

function placeOf({ path, block }: Activation): string {
  return `${path} ${block}`;
}

function isInLoop(frame: Frame): boolean {
  return frame.kind === 'activation' && loopsOf(frame.behaviour).has(frame.block);
}

/** Equal to one value is unequal to every other: such facts stand together. */
function subjectOf(fact: string): string {
  const at = fact.indexOf(' == ');
  return at < 0 ? fact : fact.slice(0, at);
}

/** A parameter, captured variable, result or unknown value; a variable of the package; memory; and what is in them. */
const symbol =
  /(?:\?[\d.>]+:(?:[pcr]\d+|rest|\d+(?:\.\d+)?)!?|\?@[^\s.[]+|#\d+)(?:\.[\p{L}_][\p{L}\p{N}_]*|\[[^\]]*\])*/gu;

const values = new Map<string, readonly (readonly string[])[]>();
const mostValues = 10_000;

/**
 * What a fact is about: for each symbol in it the values from which it can be read again, itself the first. A fact
 * about `x.f` matters for as long as there is an `x`.
 */
export function valuesIn(fact: string): readonly (readonly string[])[] {
  let found = values.get(fact);
  if (!found) {
    found = (fact.match(symbol) ?? []).map(prefixesOf);
    if (values.size >= mostValues) values.clear();
    values.set(fact, found);
  }
  return found;
}

function prefixesOf(text: string): readonly string[] {
  const found = [text];
  for (let rest = text; ; ) {
    const shorter = rest.replace(/(?:\.[\p{L}_][\p{L}\p{N}_]*|\[[^[\]]*\])$/u, '');
    if (shorter === rest || shorter === '') return found;
    found.push(shorter);
    rest = shorter;
  }
}

const loops = new WeakMap<Behaviour, ReadonlySet<number>>();

/** The blocks of a behaviour that control can come back to. */
function loopsOf(behaviour: Behaviour): ReadonlySet<number> {
  let found = loops.get(behaviour);
  if (!found) {
    const { blocks } = behaviour;
    found = new Set(blocks.flatMap((b, i) => (reachedFrom(blocks, successors(b.ending)).has(i) ? [i] : [])));
    loops.set(behaviour, found);
  }
  return found;
}
