// What others can see of a function: the order in which it and its goroutines use what others can reach, and how it
// ends. Two versions of a function look alike if neither can do, in full view, what the other cannot, but for what
// follows where the old one waited for ever. That is equality of weak traces, decided on subsets of states (the subset
// construction of automata theory).

import { child, type Node, textOf, unparen } from '../syntax/node.ts';
import { type Graph, stuckIn, type WitnessStep } from './explore.ts';
import { type Goroutine, memoryOf, type State, type Value } from './state.ts';
import { casesOf, pendingOf, type Transition } from './steps.ts';

/** The pairs of subsets that a comparison may come to. */
const mostPairs = 4000;

/** Whether two versions of a function look alike to others. False also if that is too much to find out. */
export function looksAlike(before: Graph, after: Graph): boolean {
  const [old, now] = [viewOf(before), viewOf(after)];
  const seen = new Set<string>();
  const todo: [Subset, Subset][] = [[startOf(old), startOf(now)]];
  for (let pair = todo.pop(); pair; pair = todo.pop()) {
    const [x, y] = pair;
    const key = `${[...x.keys()].join()}|${[...y.keys()].join()}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (seen.size > mostPairs) return false;
    const [oldMoves, newMoves] = [movesOf(old, x), movesOf(now, y)];
    // Nothing is lost, and what is new follows a wait that has an end now.
    if ([...oldMoves.keys()].some((label) => !newMoves.has(label))) return false;
    for (const [label, next] of newMoves) {
      const known = oldMoves.get(label);
      if (known) todo.push([known, next]);
      else if (!waits(old, x, label)) return false;
    }
  }
  return true;
}

/** A state, and whether the others have seen the function return; they can see that a little later. */
interface Place {
  readonly at: number;
  readonly isSeen: boolean;
}

/** Places by their keys, in order. */
type Subset = ReadonlyMap<string, Place>;

interface View extends Graph {
  readonly stuck: ReadonlyMap<number, readonly string[]>;
}

function viewOf(graph: Graph): View {
  return { ...graph, stuck: stuckIn(graph.points) };
}

function startOf(view: View): Subset {
  return closed(
    view,
    view.starts.map(({ to }): Place => ({ at: to, isSeen: false })),
  );
}

/** The places and all that they lead to unseen. */
function closed(view: View, places: readonly Place[]): Subset {
  const found = new Map<string, Place>();
  const todo = [...places];
  for (let place = todo.pop(); place; place = todo.pop()) {
    const key = `${place.at} ${place.isSeen}`;
    if (found.has(key)) continue;
    found.set(key, place);
    for (const { label, to } of stepsOf(view, place)) if (label === undefined) todo.push(to);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What can be seen next, and where that leads. */
function movesOf(view: View, subset: Subset): ReadonlyMap<string, Subset> {
  const byLabel = new Map<string, Place[]>();
  for (const place of subset.values()) {
    for (const { label, to } of stepsOf(view, place)) {
      if (label === undefined) continue;
      const known = byLabel.get(label);
      if (known) known.push(to);
      else byLabel.set(label, [to]);
    }
  }
  return new Map([...byLabel].map(([label, places]) => [label, closed(view, places)]));
}

interface Step {
  /** Undefined for what nobody else can see. */
  readonly label: string | undefined;
  readonly to: Place;
}

const nowhere = -1;

function stepsOf({ points }: View, { at, isSeen }: Place): readonly Step[] {
  const state = points[at]?.state;
  if (!state) return [];
  if (state.ended) return [{ label: 'the end', to: { at: nowhere, isSeen } }];
  const steps = (points[at]?.edges ?? []).map(
    ({ to, step }): Step => ({
      label: isVisible(state, step) ? labelOf(step) : undefined,
      to: { at: to, isSeen },
    }),
  );
  if (isSeen || state.goroutines.has(root)) return steps;
  const { returned } = state;
  const label = returned?.kind === 'return_statement' ? `it: ${textOf(returned)}` : 'it: return';
  return [...steps, { label, to: { at, isSeen: true } }];
}

const root = '0';

function labelOf({ actors, at, name }: WitnessStep): string {
  const [node] = at;
  return `${actors[0] === root ? 'it' : 'a goroutine'}: ${name} ${node ? textOf(node) : ''}`;
}

/** Whether somebody waits for ever in one of the states who could have done what the label says. */
function waits({ stuck }: View, subset: Subset, label: string): boolean {
  const isOfRoot = label.startsWith('it: ');
  return [...subset.values()].some(({ at }) =>
    (stuck.get(at) ?? []).some((id) => label === 'the end' || (id === root) === isOfRoot),
  );
}

/** Whether a step is one that others can see: it uses what they can reach, and does not only look at it. */
export function isVisible(
  state: State,
  { actors, at, name }: Pick<Transition, 'actors' | 'at' | 'name'>,
): boolean {
  const [first, second] = actors;
  if (first === undefined || second !== undefined || name === 'default' || name === 'waits') return false;
  const goroutine = state.goroutines.get(first);
  const [node] = at;
  const value = goroutine && node ? operandOf(goroutine, node) : null;
  if (value === null || (name === 'receive' && node && onlyLooks(state, value, node))) return false;
  return isReachable(state, value);
}

/** What the operation of a goroutine is about; of a `select`, that of the case that is taken. */
function operandOf(g: Goroutine, at: Node): Value {
  const call = pendingOf(g);
  if (call?.name !== 'select') return call?.args[0] ?? null;
  return call.args[2 * casesOf(g).findIndex((c) => c.at === at)] ?? null;
}

function isReachable(state: State, value: Value): boolean {
  const memory = memoryOf(state, value);
  return memory?.open === true || (typeof value === 'string' && value.startsWith('?'));
}

/** A timer that has run out and a context that has ended can be seen any number of times, by any number of people. */
function onlyLooks(state: State, value: Value, at: Node): boolean {
  if (typeof value === 'string' && value.startsWith('?done')) return true;
  const memory = memoryOf(state, value);
  if (memory?.kind === 'channel' && memory.madeAt && !/^make\b/.test(textOf(memory.madeAt))) return true;
  const receive = at.kind === 'receive_statement' ? child(at, 'right') : at;
  const operand = receive && child(unparen(receive), 'operand');
  return operand !== undefined && /^\w+\.(?:After|Tick)\(|\.C$/.test(textOf(operand));
}
