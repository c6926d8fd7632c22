import type { Block, Flow } from '../../analysis/flow/flow.ts';
import { printFlow } from '../../analysis/flow/print.ts';
import { type Node, textOf } from '../../analysis/syntax/node.ts';
import type { Run, TraceStep } from './interpreter.ts';

/** Walks a flow along an execution; throws where the flow does not have what was executed. */
export function follow(flow: Flow, run: Run): void {
  let block: Block = flow.entry;
  let index = 0;
  const go = (to: Block | undefined, why: string) => {
    if (!to) throw new Error(`no way on ${why} from block ${block.id} in\n${printFlow(flow)}`);
    block = to;
    index = 0;
  };
  /** Takes edges that nothing decides until an entry or the clause is next. */
  const goOn = (clause?: Node) => {
    for (let hops = 0; index === block.nodes.length && hops <= flow.blocks.length; hops++) {
      if (block.exit || (clause && block.edges.some((edge) => edge.clause === clause))) return;
      go(block.edges.find((edge) => !edge.condition && !edge.clause)?.to, 'straight');
    }
  };
  const take = (step: TraceStep) => {
    if (step.clause) {
      goOn(step.node);
      const edge = index < block.nodes.length ? undefined : block.edges.find((e) => e.clause === step.node);
      return go(edge?.to, `into ${textOf(step.node)}`);
    }
    goOn();
    if (block.nodes[index] !== step.node)
      throw new Error(
        `${textOf(step.node)} is not entry ${index} of block ${block.id} in\n${printFlow(flow)}`,
      );
    index++;
    if (step.outcome === undefined) return;
    go(
      block.edges.find((edge) => edge.condition?.outcome === step.outcome)?.to,
      `if ${textOf(step.node)} is ${step.outcome}`,
    );
  };
  run.trace.forEach(take);
  if (run.ending === 'end') take({ node: flow.end });
  if (run.ending === 'too long') return;
  const expected = run.ending === 'end' ? 'return' : run.ending === 'blocked' ? undefined : run.ending;
  if (
    index < block.nodes.length ||
    block.exit !== expected ||
    (run.ending === 'blocked' && block.edges.length > 0)
  ) {
    throw new Error(`the flow does not end (${run.ending}) in block ${block.id} of\n${printFlow(flow)}`);
  }
}
