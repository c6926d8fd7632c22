// Who sends on a channel, receives from it and closes it, in everything that a function can lead to.

import { type Recorded, recall, record } from '../model/reads.ts';
import { enclosingFunction, type Node } from '../syntax/node.ts';
import { budget, type Defect } from './defects.ts';
import { type Graph, graphOf, stuckIn } from './explore.ts';
import { programOf } from './program.ts';
import { type Goroutine, memoryOf, type State, type Value } from './state.ts';
import { casesOf, pendingOf } from './steps.ts';

/** An operation on a channel that a goroutine comes to. */
export interface Use {
  readonly at: Node;
  /** `0` for the one that runs the function that was explored. */
  readonly goroutine: string;
  /** The call of the `go` statement that started it. */
  readonly startedAt: Node;
  /** The function that the goroutine runs, and ends with. */
  readonly bottom: Node;
}

/** All operations on the channels that one call of `make` makes. */
export interface ChannelUses {
  readonly sends: readonly Use[];
  readonly receives: readonly Use[];
  readonly closes: readonly Use[];
  /** Whether somebody waits for something else before a close, in the state in which the defect shows. */
  readonly closerWaits: boolean;
  /** Everything that can happen was seen. */
  readonly complete: boolean;
}

const remembered = new WeakMap<Defect, Recorded<ChannelUses>>();

/** The uses of the channel that a stuck goroutine waits for; undefined if the model has not made it. */
export function channelUses(defect: Defect): ChannelUses | undefined {
  const { madeAt } = defect.verdict;
  if (!madeAt) return undefined;
  const known = remembered.get(defect);
  if (known) return recall(known);
  const made = record(defect.code.pkg, () => search(defect, madeAt));
  remembered.set(defect, made);
  return made.value;
}

function search(defect: Defect, madeAt: Node): ChannelUses {
  const program = programOf(defect.code);
  const graph = graphOf(program, program.behaviourOf(defect.root), { usual: 2 }, budget);
  const found = { sends: [] as Use[], receives: [] as Use[], closes: [] as Use[] };
  for (const { state } of graph.points) {
    for (const g of state.goroutines.values()) {
      for (const { at, kind } of operationsOf(state, g, madeAt)) {
        if (found[kind].some((use) => use.at === at && use.goroutine === g.id)) continue;
        found[kind].push({ at, goroutine: g.id, startedAt: g.startedAt, bottom: bottomOf(g) });
      }
    }
  }
  return {
    ...found,
    closerWaits: closerWaits(defect, graph, found.closes),
    complete: graph.complete && !graph.spent,
  };
}

/** The closes of a defect's channel that are skipped on the way to it; none if whoever would close it waits, too. */
export function skippedCloses(defect: Defect): readonly Use[] {
  const uses = channelUses(defect);
  return uses && !uses.closerWaits ? uses.closes : [];
}

interface Operation {
  readonly at: Node;
  readonly kind: 'sends' | 'receives' | 'closes';
}

/** The operations on such a channel that a goroutine is about to perform: one, or some cases of a `select`. */
function operationsOf(state: State, g: Goroutine, madeAt: Node): readonly Operation[] {
  const call = pendingOf(g);
  const isIt = (value: Value | undefined): boolean => {
    const memory = memoryOf(state, value ?? null);
    return memory?.kind === 'channel' && memory.madeAt === madeAt;
  };
  if (!call) return [];
  if (call.name === 'select')
    return casesOf(g)
      .filter((_, i) => isIt(call.args[2 * i]))
      .map(({ at, send }) => ({ at, kind: send ? 'sends' : 'receives' }));
  if (!isIt(call.args[0])) return [];
  const kind = kinds[call.name];
  return kind ? [{ at: call.at, kind }] : [];
}

const kinds: Readonly<Record<string, Operation['kind']>> = {
  send: 'sends',
  receive: 'receives',
  next: 'receives',
  'builtin.close': 'closes',
};

function bottomOf(g: Goroutine): Node {
  const frame = g.stack.find((f) => f.kind === 'activation');
  return frame?.kind === 'activation' ? frame.behaviour.fn : g.startedAt;
}

/** Whether a goroutine that has yet to close the channel waits for ever, too: then the close is not skipped. */
function closerWaits({ verdict }: Defect, { points }: Graph, closes: readonly Use[]): boolean {
  const functions = new Set(closes.map(({ at }) => enclosingFunction(at)));
  const stuck = stuckIn(points);
  for (const [i, ids] of [...stuck].sort(([a], [b]) => a - b)) {
    const goroutines = points[i]?.state.goroutines;
    const isHere = ids.some((id) => {
      const g = goroutines?.get(id);
      return g !== undefined && pendingOf(g)?.at === verdict.call.at;
    });
    if (!isHere) continue;
    return [...(goroutines?.values() ?? [])].some((g) =>
      g.stack.some((frame) => frame.kind === 'activation' && functions.has(frame.behaviour.fn)),
    );
  }
  return false;
}
