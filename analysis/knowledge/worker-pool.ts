// What it takes to turn a loop that starts a goroutine for each turn into a pool of workers that take the turns from a
// channel: the parts of the loop, and the proof that nothing depends on all goroutines being there at once.

import type { FixBuilder } from '../edit/fix-builder.ts';
import type { Code } from '../model/code.ts';
import {
  calledOf,
  child,
  childOfKind,
  contains,
  descendants,
  enclosingFunction,
  mayBeCall,
  type Node,
  statements,
  textOf,
} from '../syntax/node.ts';
import { isTarget } from '../syntax/roles.ts';
import { commentsIn } from './comments.ts';
import { fewAtATime, receivesAfter } from './few-at-a-time.ts';
import { joinOf } from './goroutine-join.ts';
import { type Counting, countingOf } from './pool-counting.ts';
import { type Job, jobOf } from './pool-job.ts';
import { writePool } from './pool-text.ts';
import { type Loop, loopsAround, type Spawn } from './spawning-loop.ts';

/** The parts of a loop that a pool is made of. */
export interface PoolPlan extends Counting {
  readonly code: Code;
  readonly spawn: Spawn;
  /** The `for_statement`. */
  readonly loop: Loop;
  /** The statement that starts the goroutine. */
  readonly start: Node;
  /** The body of the goroutine's function literal. */
  readonly body: Node;
  readonly job: Job;
  /** What each job is carried out by: statements in the worker's loop, or a function that can return and defer. */
  readonly form: 'statements' | 'function';
  /** Who sends the jobs: the loop where it is, one on a goroutine of its own, or whoever sends to the channel that it ranges over. */
  readonly feed: 'here' | 'beside' | 'others';
}

/**
 * Turns the loop of a spawn into a pool of `limit` workers. Undefined where the loop is of another form than a pool can
 * take over exactly, or where goroutines may need one another.
 */
export function workerPool(
  code: Code,
  spawn: Spawn,
  limit: number,
): ((edit: FixBuilder) => void | false) | undefined {
  const plan = planOf(code, spawn);
  return plan && ((edit) => writePool(plan, edit, limit));
}

function planOf(code: Code, spawn: Spawn): PoolPlan | undefined {
  const parts = partsOf(code, spawn);
  if (!parts) return undefined;
  const { loop, literal, start, body } = parts;
  const few = fewAtATime(code, spawn, loop);
  const isAwaited = joinOf(code, spawn, loop) !== undefined || receivesAfter(code, spawn, loop);
  const counting = countingOf(code, spawn, loop, start, literal);
  const form = formOf(code, body, literal, counting?.done);
  const job = jobOf(code, spawn, loop, literal);
  if (few === 'no' || !isAwaited || !counting || !form || !job) return undefined;
  const isBeside = few !== 'freely';
  const feed = isPassedOn(code, loop, start, job, counting.counted) ? 'others' : isBeside ? 'beside' : 'here';
  if (feed === 'beside' && !isQuiet(code, loop, start, counting.counted)) return undefined;
  return { code, spawn, loop, start, body, job, form, feed, ...counting };
}

type Parts = Pick<PoolPlan, 'loop' | 'start' | 'body'> & { readonly literal: Node };

/** The parts of a loop that stands in a list of statements, ends by itself, and starts a literal in each turn. */
function partsOf(code: Code, spawn: Spawn): Parts | undefined {
  const loops = loopsAround(code, spawn.at);
  const [loop] = loops;
  const literal = spawn.by === 'go' ? calledOf(spawn.started) : spawn.started;
  const start = spawn.by === 'go' ? spawn.at : spawn.at.parent;
  const body = literal?.kind === 'func_literal' ? child(literal, 'body') : undefined;
  if (!loop || loops.length !== 1 || !literal || !start || !body) return undefined;
  const isListed = start.parent?.kind === 'statement_list' && loop.at.parent?.kind === 'statement_list';
  const isPlain =
    spawn.by !== 'errgroup.Group' && loop.at.kind === 'for_statement' && !child(literal, 'result');
  const hasOtherComments = commentsIn(code, spawn.at).length !== commentsIn(code, body).length;
  return isListed && isPlain && !hasOtherComments && !isLeft(loop, literal)
    ? { loop, literal, start, body }
    : undefined;
}

/** Whether control leaves a loop other than at its end or by a plain `break`: then nobody would close the jobs. */
function isLeft({ at, fn }: Loop, literal: Node): boolean {
  return [...descendants(at)].some(
    (node) =>
      enclosingFunction(node) === fn &&
      !contains(literal, node) &&
      (/^(?:return|goto)_statement$/.test(node.kind) || node.kind === 'label_name'),
  );
}

/** The form in which a worker can carry out a body; undefined if it can in none. */
function formOf(code: Code, body: Node, literal: Node, done: Node | undefined): PoolPlan['form'] | undefined {
  const own = [...descendants(body)].filter((node) => enclosingFunction(node) === literal);
  const returns = own.filter((node) => node.kind === 'return_statement');
  const isEmpty = statements(body).every((s) => s === done);
  const jumps =
    own.some((node) => node.kind === 'goto_statement') ||
    statements(body).some((s) => s.kind === 'labeled_statement');
  // A bare call of `Done` is missed by a return, and the worker's own end by what ends its goroutine.
  const isMissed = done?.kind === 'expression_statement' && returns.length > 0;
  const ends = own.some((node) => mayBeCall(node) && code.calleeName(node) === 'runtime.Goexit');
  if (isEmpty || jumps || isMissed || ends) return undefined;
  const defers = own.some((node) => node.kind === 'defer_statement' && node !== done);
  return defers || returns.some((node) => isInInnerLoop(node, body)) ? 'function' : 'statements';
}

function isInInnerLoop(node: Node, body: Node): boolean {
  for (let at = node.parent; at && at !== body; at = at.parent) if (at.kind === 'for_statement') return true;
  return false;
}

/** Whether a loop does nothing but start a goroutine for each value of a channel: the workers can take them there. */
function isPassedOn(code: Code, loop: Loop, start: Node, job: Job, counted: Node | undefined): boolean {
  const range = childOfKind(loop.at, 'range_clause');
  const over = range && child(range, 'right');
  const element = range && child(range, 'left')?.children[0];
  const [part, ...more] = job.parts;
  const isElement = element !== undefined && more.length === 0 && part?.value.text === textOf(element);
  return (
    isElement &&
    over !== undefined &&
    code.underlyingOf(code.typeOf(over)).kind === 'chan' &&
    statements(loop.body).every((s) => s === start || s === counted) &&
    commentsIn(code, loop.at).length === commentsIn(code, start).length
  );
}

/** Whether a loop can run on a goroutine of its own: it changes nothing that others see, and nobody changes what it sees. */
function isQuiet(code: Code, loop: Loop, start: Node, counted: Node | undefined): boolean {
  const range = childOfKind(loop.at, 'range_clause');
  const over = range && child(range, 'right');
  const targets = range ? (child(range, 'left')?.children ?? []) : [];
  const isDeclaring = targets.every((t) => textOf(t) === '_' || code.bindingOf(t)?.declaredAt === t);
  const own = [...descendants(loop.body)].filter((node) => !contains(start, node) && node !== counted);
  const isChanging = own.some((node) =>
    /^(?:assignment|inc|dec|send|defer|go|expression|for|select)_statement$/.test(node.kind),
  );
  return over !== undefined && isDeclaring && !isChanging && isSettledFrom(code, over, loop.at);
}

/** Whether what is named in an expression gets no other value after a place. */
function isSettledFrom(code: Code, expression: Node, place: Node): boolean {
  return [...descendants(expression)].every((node) => {
    const binding = node.kind === 'identifier' ? code.bindingOf(node) : undefined;
    return (
      binding?.kind !== 'variable' ||
      code.usesOf(binding).every((use) => use.start < place.start || !isTarget(use))
    );
  });
}
