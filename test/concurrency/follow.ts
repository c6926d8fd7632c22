// Whether an execution is a path of a behaviour: like test/flow/follow.ts, for what is left after lowering.

import type { Behaviour, Block } from '../../analysis/concurrency/ir.ts';
import { printBehaviour } from '../../analysis/concurrency/print.ts';
import type { Code } from '../../analysis/model/code.ts';
import { child, contains, type Node, textOf } from '../../analysis/syntax/node.ts';
import type { Run, TraceStep } from '../flow/interpreter.ts';
import { visibleIn } from './behaviours.ts';

/** A place between two operations. */
type Place = `${number}.${number}`;

const visible = /^(?:send|receive|call)$/;

const endings: Readonly<Record<Run['ending'], readonly string[]>> = {
  return: ['return'],
  end: ['return'],
  abort: ['panic', 'exit', 'goexit'],
  blocked: ['block'],
  'too long': [],
};

/** Walks a behaviour along an execution, all ways at once; throws where none has what was executed. */
export function followBehaviour(code: Code, behaviour: Behaviour, run: Run): void {
  let places = close(behaviour, [`${behaviour.entry}.0`]);
  for (const step of run.trace) {
    const before = places;
    places = take(code, behaviour, places, step);
    if (places.size === 0)
      throw new Error(
        `${textOf(step.node)} does not follow ${[...before].join(', ')} in\n${printBehaviour(behaviour)}`,
      );
  }
  if (run.ending === 'too long') return;
  const ends = [...places].some((place) => {
    const { block, index } = at(behaviour, place);
    return index === block.operations.length && endings[run.ending].includes(block.ending.kind);
  });
  if (!ends)
    throw new Error(`no ${run.ending} at ${[...places].join(', ')} in\n${printBehaviour(behaviour)}`);
}

function at({ blocks }: Behaviour, place: Place): { readonly block: Block; readonly index: number } {
  const [number, index] = place.split('.').map(Number);
  return { block: blocks[number ?? 0] as Block, index: index ?? 0 };
}

function take(
  code: Code,
  behaviour: Behaviour,
  places: ReadonlySet<Place>,
  { node, outcome, clause }: TraceStep,
): ReadonlySet<Place> {
  if (clause) return places;
  if (node.parent?.kind === 'communication_case' && node.field === 'communication')
    return advance(behaviour, places, (block) =>
      block.ending.kind === 'select'
        ? block.ending.cases.filter((c) => c.at === node).map((c) => c.next)
        : [],
    );
  let now = places;
  for (const operation of evaluatedIn(code, node)) now = perform(behaviour, now, operation);
  return outcome === undefined ? now : decide(behaviour, now, node, outcome);
}

/** What a step evaluates: of a range its operand is an entry of its own. */
function evaluatedIn(code: Code, entry: Node): readonly Node[] {
  const operand = entry.kind === 'range_clause' ? child(entry, 'right') : undefined;
  return visibleIn(code, entry).filter((node) => !operand || !contains(operand, node));
}

function perform(behaviour: Behaviour, places: ReadonlySet<Place>, node: Node): ReadonlySet<Place> {
  const next = [...places].flatMap((place): Place[] => {
    const { block, index } = at(behaviour, place);
    const operation = block.operations[index];
    if (operation?.at !== node || !visible.test(operation.kind)) return [];
    return [`${behaviour.blocks.indexOf(block)}.${index + 1}`];
  });
  return close(behaviour, next);
}

/** A branch whose two ways are the same is not there any more. */
function decide(
  behaviour: Behaviour,
  places: ReadonlySet<Place>,
  node: Node,
  outcome: boolean,
): ReadonlySet<Place> {
  const decided = advance(behaviour, places, ({ ending }) => {
    if (ending.at !== node) return [];
    if (ending.kind === 'branch') return [outcome ? ending.yes : ending.no];
    return ending.kind === 'next' ? [outcome ? ending.more : ending.done] : [];
  });
  return node.kind === 'range_clause' ? decided : new Set([...decided, ...places]);
}

/** Goes on from the places at the end of their blocks. */
function advance(
  behaviour: Behaviour,
  places: ReadonlySet<Place>,
  next: (block: Block) => readonly number[],
): ReadonlySet<Place> {
  const to = [...places].flatMap((place) => {
    const { block, index } = at(behaviour, place);
    return index === block.operations.length ? next(block).map((n): Place => `${n}.0`) : [];
  });
  return close(behaviour, to);
}

/** The places, and those that are reached from them by what no execution tells of. */
function close(behaviour: Behaviour, from: readonly Place[]): ReadonlySet<Place> {
  const found = new Set(from);
  for (const place of found) {
    const { block, index } = at(behaviour, place);
    const operation = block.operations[index];
    if (operation) {
      if (!visible.test(operation.kind)) found.add(`${behaviour.blocks.indexOf(block)}.${index + 1}`);
    } else if (block.ending.kind === 'jump') found.add(`${block.ending.next}.0`);
    else if (block.ending.kind === 'choice') for (const n of block.ending.next) found.add(`${n}.0`);
    else if (block.ending.kind === 'select' && block.ending.otherwise !== undefined)
      found.add(`${block.ending.otherwise}.0`);
  }
  return found;
}
