import { boundWithSemaphore, setGroupLimit } from '../knowledge/bounded-spawn.ts';
import type { Origin } from '../knowledge/collection-origin.ts';
import { type CostlyWork, costlyWork } from '../knowledge/costly-work.ts';
import { groupLimit } from '../knowledge/group-limit.ts';
import { countsGoroutines, holdsLimiter } from '../knowledge/limiter.ts';
import { type Loop, loopsAround, type Spawn, spawnsIn } from '../knowledge/spawning-loop.ts';
import { isTestSupport } from '../knowledge/test-support.ts';
import { unboundedInput } from '../knowledge/unbounded-input.ts';
import { workerPool } from '../knowledge/worker-pool.ts';
import type { Code } from '../model/code.ts';
import { closest, contains, type Node } from '../syntax/node.ts';
import { defineRule, type Report } from './rule.ts';

type FixId = 'errgroup-set-limit' | 'bound-with-semaphore' | 'worker-pool';

export default defineRule({
  id: 'unbounded-goroutines',
  since: '0.1.0',
  severity: 'hint',
  summary:
    'A goroutine for each piece of input, however much there is, and each holds a connection or a file',
  why: `
    A goroutine itself costs little, and one for each element of a list is often right. It is not where somebody else
    decides how many elements there are, and each goroutine opens a file, a connection or a process: with the thousandth
    the program runs out of descriptors, the server at the other end refuses more, and everything that the work keeps in
    memory is there at the same time. It goes well with the ten elements of a test.

    So this is reported only with evidence for both: the input comes from a file, a table, a service, a request, a
    channel or a caller in another package, and what a goroutine does is known to hold something scarce, or takes a context
    and may fail. It is a hint all the same: how many elements there will be, and how many at once are too many, is for
    people to judge. The fixes let a number of goroutines run at once that [the configuration](../configuration.md)
    names.`,
  silentWhen: [
    'the number is visible or is a limit itself: constants, literals, arrays, `workers`, a part `urls[:10]`, a length that is checked somewhere',
    'the elements are parts of a system, of which there are few: servers, disks, peers, plugins, also by the names of variables and types',
    'the loop is over a map, over what a program is set up with, or accepts connections as servers do',
    'a channel, a lock, a counter, a pause, `SetLimit`, or anything that is called limiter, pool, queue, token or the like can keep the goroutines few',
    'the goroutine only computes, sends or logs, or lives on after its work',
    'the code is part of a test',
  ],
  peers: [],
  fixes: {
    'errgroup-set-limit': {
      title: 'Limit how many goroutines of the group run at once',
      safety: 'review',
    },
    'bound-with-semaphore': {
      title: 'Start a goroutine only when there is a place for it',
      safety: 'review',
    },
    'worker-pool': {
      title: 'Let a fixed number of workers take the work from a channel',
      safety: 'review',
    },
  },
  imports: [],
  inTests: false,
  mentions: ['\tgo ', '{ go ', '; go ', '\ngo ', '.Go('],
  alsoMentions: ['for ', '.Walk'],

  check(code, report) {
    if (isTestSupport(code)) return;
    for (const spawn of spawnsIn(code)) {
      if (spawn.by === 'errgroup.Group' && groupLimit(code, spawn.at) !== 'none') continue;
      const found = findingOf(code, spawn);
      if (found) tell(code, found, report);
    }
  },
});

interface Found {
  readonly spawn: Spawn;
  readonly input: Origin;
  readonly work: CostlyWork;
}

function findingOf(code: Code, spawn: Spawn): Found | undefined {
  for (const loop of loopsAround(code, spawn.at)) {
    const input = unboundedInput(code, loop, spawn.at);
    if (isBounded(code, loop, spawn, input)) return undefined;
    const work = input && costlyWork(code, spawn);
    if (input && work) return { spawn, input, work };
  }
  return undefined;
}

/** Whether something in a loop may keep its goroutines few; the receive that the loop is about is none. */
function isBounded(code: Code, loop: Loop, spawn: Spawn, input: Origin | undefined): boolean {
  const source = input?.code === code ? input.node : undefined;
  const select = source && closest(source, 'communication_case')?.parent;
  const isKnown = (node: Node): boolean =>
    contains(spawn.at, node) ||
    (source !== undefined && node.kind === 'unary_expression' && contains(node, source)) ||
    (select !== undefined && closest(node, 'receive_statement')?.parent?.parent === select);
  return holdsLimiter(code, loop.body, isKnown) || countsGoroutines(code, loop.body);
}

function tell(code: Code, { spawn, input, work }: Found, report: Report<FixId>): void {
  const { poolSize } = code.config;
  report({
    at: spawn.at,
    message: `this starts a goroutine for every ${input.each}, and nothing limits how many call ${work.name} at once`,
    confidence: 'likely',
    related: [
      { at: input.node, message: input.why },
      { at: work.node, message: `each goroutine calls ${work.name} here` },
    ],
    fixes: {
      'errgroup-set-limit': setGroupLimit(code, spawn, poolSize),
      'bound-with-semaphore': boundWithSemaphore(code, spawn, poolSize),
      'worker-pool': workerPool(code, spawn, poolSize),
    },
  });
}
