// Flows of random functions against what those functions do when they run.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { searchPath } from '../../analysis/flow/paths.ts';
import { checkFlow } from '../../analysis/flow/print.ts';
import { type Node, nodesOf, textOf } from '../../analysis/syntax/node.ts';
import { follow } from './follow.ts';
import { run } from './interpreter.ts';
import { anyFunction, choicesOf } from './programs.ts';
import { flowOf, namesByText, neverReturns, setUpParser } from './support.ts';
import { anyCalculation, memoryOf } from './values.ts';

before(setUpParser);

const numbers = fc.array(fc.nat({ max: 1000 }), { minLength: 50, maxLength: 300, size: 'max' });

const options = { numRuns: 300, includeErrorInReport: true };

test('whatever a random function does is a path of its flow', () => {
  fc.assert(
    fc.property(numbers, numbers, (program, values) => {
      const flow = flowOf(anyFunction(choicesOf(program)));
      assert.deepEqual(checkFlow(flow), []);
      const choices = choicesOf(values);
      const oracle = { condition: () => choices.next(2) === 1, choice: choices.next };
      for (let i = 0; i < 10; i++) follow(flow, run(flow.fn, oracle, neverReturns, 60));
    }),
    { ...options, numRuns: 1000 },
  );
});

/** The calls of `begin` after which an execution, out of many random ones, returns without a `stop`, and so the start. */
function unstopped(fn: Node, begins: readonly Node[], values: readonly number[]): ReadonlySet<Node> {
  const found = new Set<Node>();
  const choices = choicesOf(values);
  for (let i = 0; i < 30; i++) {
    const memory = memoryOf(choices);
    const { trace, ending } = run(fn, { ...memory, choice: choices.next }, neverReturns, 80);
    if (ending !== 'end' && ending !== 'return') continue;
    const nodes = trace.map((step) => step.node);
    const last = nodes.findLastIndex(isStop);
    if (last < 0) found.add(fn);
    for (const node of nodes.slice(last + 1)) if (begins.includes(node)) found.add(node);
  }
  return found;
}

function isStop(entry: Node): boolean {
  return textOf(entry) === 'stop()';
}

for (const loops of [true, false]) {
  for (const comparisons of [true, false]) {
    const kind = `${loops ? 'with' : 'without'} loops, ${comparisons ? 'with' : 'without'} comparisons`;
    test(`no path that a random function takes is ruled out, ${kind}`, () => {
      fc.assert(
        fc.property(numbers, numbers, (program, values) => {
          const flow = flowOf(anyCalculation(choicesOf(program), { loops, comparisons }));
          const statements = nodesOf(flow.fn.tree, 'expression_statement');
          const begins = statements.filter((node) => textOf(node) === 'begin()');
          const names = namesByText();
          for (const from of unstopped(flow.fn, begins, values)) {
            assert.equal(searchPath(flow, { from, names, stops: isStop }).verdict, 'found', textOf(flow.fn));
          }
        }),
        options,
      );
    });
  }
}

test('a path that is found in a random function of independent conditions can be taken', () => {
  fc.assert(
    fc.property(numbers, (program) => {
      const flow = flowOf(anyCalculation(choicesOf(program), { loops: false, comparisons: false }));
      const search = searchPath(flow, { from: flow.fn, names: namesByText(), stops: isStop });
      if (search.verdict !== 'found') return;
      // The branches of the path say how every condition must come out; some values make them all come out so.
      const wanted = search.path.branches.map((edge) => edge.condition?.outcome);
      assert.ok(canTake(flow.fn, wanted), textOf(flow.fn));
    }),
    // Shrinking would try many values for each of many functions; the function is shown as it is.
    { ...options, endOnFailure: true },
  );
});

/** Whether some values make the conditions of a function come out like this, one after the other. */
function canTake(fn: Node, wanted: readonly (boolean | undefined)[]): boolean {
  const tried: number[] = [];
  for (let attempts = 0; attempts < 500; attempts++) {
    let used = 0;
    const next = (count: number) => {
      const choice = tried[used] ?? 0;
      tried[used++] = choice;
      counts[used - 1] = count;
      return choice;
    };
    const counts: number[] = [];
    const memory = memoryOf({ next });
    let step = 0;
    const condition = (node: Node) => {
      const outcome = memory.condition(node);
      if (outcome !== wanted[step++]) throw new Error('another way');
      return outcome;
    };
    try {
      run(fn, { ...memory, condition, choice: next }, neverReturns, 1000);
      return true;
    } catch {
      tried.length = used;
      while (tried.length > 0 && (tried.at(-1) as number) + 1 >= (counts[tried.length - 1] as number))
        tried.pop();
      if (tried.length === 0) return false;
      tried[tried.length - 1] = (tried.at(-1) as number) + 1;
    }
  }
  return true;
}
