// Two versions of a function, explored side by side.

import type { Code } from '../model/code.ts';
import type { Node } from '../syntax/node.ts';
import { budget as ofKeystroke } from './defects.ts';
import { type Graph, graphOf, type Verdict, verdictsOf } from './explore.ts';
import type { Sizes } from './machine.ts';
import { isVisible, looksAlike } from './observe.ts';
import { programOf } from './program.ts';

/** A function in a version of its package. */
export interface Version {
  readonly code: Code;
  readonly fn: Node;
}

/**
 * `worse`: the defect is still there, or something new goes wrong. `unsure`: not everything was seen, or others can
 * tell the versions apart. `alike`: neither.
 */
export type Comparison = 'worse' | 'unsure' | 'alike';

/** What seeing every order of what others can see may cost beyond what finding a defect may. */
const budget = { states: 4 * ofKeystroke.states, steps: 4 * ofKeystroke.steps };

/** Sizes of unknown collections for which a repair has to hold: of some elements, of one, and of one more. */
export const sizes = [2, 1, 3];

/**
 * Compares a function before and after an edit, for collections of several sizes if their size makes a difference.
 * `defect` is what the edit is to repair, and `isSame` says which places of the two versions are one.
 */
export function compare(
  before: Version,
  after: Version,
  defect: Node,
  isSame: (old: Node, now: Node) => boolean,
): Comparison {
  const [old, now] = [explorer(before), explorer(after)];
  let answer: Comparison = 'alike';
  const extents = new Set<string>();
  for (const size of sizes) {
    const [x, y] = [old({ usual: size }), now({ usual: size })];
    // Where one element or two come to the same, so do three.
    if (extents.size === 1 && extents.has(extent(x, y))) break;
    extents.add(extent(x, y));
    if (isWorse(x, y, defect, isSame)) return 'worse';
    if (!x.complete || !y.complete || !looksAlike(x, y)) answer = 'unsure';
  }
  if (answer !== 'alike' || extents.size === 1) return answer;
  return empties(now({ usual: 1 })).every((sizes) => endsWell(old(sizes), now(sizes))) ? 'alike' : 'unsure';
}

/**
 * Sizes with nothing in all collections, and in each of them alone. Findings are about collections with something in
 * them. What is left for an empty one is no reason to keep a fix back, but whoever applies it should know.
 */
function empties({ unsized }: Graph): readonly Sizes[] {
  const alone = Array.from({ length: unsized }, (_, empty) => ({ usual: 2, empty }));
  return [{ usual: 0 }, ...(unsized > 1 ? alone : [])];
}

/** Whether nothing goes wrong after an edit, and it looks as before. */
function endsWell(before: Graph, after: Graph): boolean {
  const isSeen = before.complete && after.complete;
  return isSeen && verdictsOf(after.points).length === 0 && looksAlike(before, after);
}

function extent(...graphs: readonly Graph[]): string {
  return graphs
    .map(({ points }) => `${points.length} ${points.reduce((n, p) => n + p.edges.length, 0)}`)
    .join();
}

function explorer({ code, fn }: Version): (sizes: Sizes) => Graph {
  const program = programOf(code);
  const behaviour = program.behaviourOf(fn);
  return (sizes) => graphOf(program, behaviour, sizes, budget, new Map(), isVisible);
}

function isWorse(
  before: Graph,
  after: Graph,
  defect: Node,
  isSame: (old: Node, now: Node) => boolean,
): boolean {
  if (after.spent) return false;
  const known = before.spent ? [] : verdictsOf(before.points);
  const isKnown = (verdict: Verdict): boolean =>
    known.some((v) => v.kind === verdict.kind && isSame(v.call.at, verdict.call.at));
  return verdictsOf(after.points).some((v) => isSame(defect, v.call.at) || (!before.spent && !isKnown(v)));
}
