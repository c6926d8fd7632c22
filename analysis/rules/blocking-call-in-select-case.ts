import { isInLoop } from '../flow/graph.ts';
import { short } from '../flow/witness.ts';
import { type Blocking, blockingOf, givesUp } from '../knowledge/blocking.ts';
import { isTestSupport } from '../knowledge/test-support.ts';
import { writtenType } from '../knowledge/waiting/written-type.ts';
import type { Code } from '../model/code.ts';
import {
  child,
  enclosingFunction,
  isFunction,
  type Node,
  nodesOf,
  operatorOf,
  statements,
  unparen,
} from '../syntax/node.ts';
import { communicationOperands } from '../syntax/roles.ts';
import { defineRule, type FixBody, type Report } from './rule.ts';

export default defineRule({
  id: 'blocking-call-in-select-case',
  since: '0.1.0',
  severity: 'warning',
  summary: 'A case of a select takes long before the select waits, so that its timeout cannot help',
  why: `
    Before a \`select\` waits, it evaluates the channels of all its cases and the values that they send. In
    \`case v := <-fetch():\` the call of \`fetch\` comes first, and in \`case out <- compute():\` that of \`compute\`. While
    it runs, nobody looks at \`ctx.Done()\` or at the timer: the time may be up ten times over, and the function still
    does not return.

    A function that starts a goroutine and returns its channel at once is the right way, and so is a call before the
    \`select\`, on a goroutine of its own, that sends its result to a channel with room.`,
  silentWhen: [
    'the function that is called is not visible, or nothing in it waits for a channel, a goroutine, a while, the network or a process',
    'no other case is a timeout, the end of a context or a signal to stop',
    'the only other way out is the end of a context, and the call is given a context',
    'what waits in the called function is a `select` that can itself give up',
    'the code is part of a test',
  ],
  peers: [],
  fixes: {
    'start-before-select': {
      title: 'Start the call on a goroutine, and let the select wait for its result',
      safety: 'review',
      explored: true,
    },
  },
  imports: [],
  inTests: false,
  mentions: ['select'],

  check(code, report) {
    if (isTestSupport(code)) return;
    for (const clause of nodesOf(code.root.tree, 'communication_case')) {
      const operations = communicationOperands(clause).flatMap((operand) => [...evaluated(operand)]);
      const slow = firstOf(operations, (operation) => slowness(code, operation));
      const helpless = slow && wayOut(code, clause, slow);
      if (helpless) tell(code, clause, slow, helpless, report);
    }
  },
});

/** An operation in a case that takes long: a receive, or a call with what waits in it. */
interface Slow {
  readonly operation: Node;
  readonly blocking: Blocking | undefined;
}

function firstOf<T>(nodes: readonly Node[], find: (node: Node) => T | undefined): T | undefined {
  for (const node of nodes) {
    const found = find(node);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The parts of an expression that are evaluated with it. */
function* evaluated(node: Node): Generator<Node> {
  if (isFunction(node)) return;
  yield node;
  for (const part of node.children) yield* evaluated(part);
}

function slowness(code: Code, operation: Node): Slow | undefined {
  if (operation.kind === 'unary_expression' && operatorOf(operation) === '<-')
    return { operation, blocking: undefined };
  const blocking = operation.kind === 'call_expression' ? blockingOf(code, operation) : undefined;
  return blocking && { operation, blocking };
}

/** What another case is there for and cannot do. */
function wayOut(code: Code, clause: Node, { blocking }: Slow): string | undefined {
  const others = (clause.parent?.children ?? []).filter((other) => other !== clause);
  if (others.some((other) => givesUp(code, other) === 'timeout')) return 'the timeout';
  if (blocking?.governed) return undefined;
  return others.some((other) => givesUp(code, other) === 'end' && leads(code, other))
    ? 'the end that another case waits for'
    : undefined;
}

/** Whether a case leads out of the loop around its `select`, if there is one. */
function leads(code: Code, clause: Node): boolean {
  const fn = enclosingFunction(clause);
  const last = statements(clause).at(-1);
  if (!fn || !isInLoop(code.flowOf(fn), child(clause, 'communication') ?? clause)) return true;
  return (
    last?.kind === 'return_statement' ||
    last?.kind === 'goto_statement' ||
    (last?.kind === 'break_statement' && last.children.length > 0)
  );
}

function tell(
  code: Code,
  clause: Node,
  slow: Slow,
  helpless: string,
  report: Report<'start-before-select'>,
): void {
  const { operation, blocking } = slow;
  const inner = blocking && blocking.at !== operation ? blocking : undefined;
  const [, ...calls] = blocking?.calls ?? [];
  report({
    at: operation,
    message: `${short(operation)} comes before the select waits${inner ? `, and it ${deed(inner)}` : ''}, so ${helpless} cannot cut it short`,
    confidence: 'likely',
    related: [
      ...calls.map((call) => ({ at: call, message: `it calls ${short(child(call, 'function') ?? call)}` })),
      ...(inner ? [{ at: inner.at, message: 'this can take long' }] : []),
    ],
    fixes: { 'start-before-select': startBefore(code, clause, operation) },
  });
}

function deed({ code, at }: Blocking): string {
  switch (at.kind) {
    case 'call_expression':
      return `calls ${code.calleeName(at).replace(/^.*\//, '')}`;
    case 'send_statement':
      return 'sends on a channel';
    case 'range_clause':
      return 'receives until a channel is closed';
    default:
      return at.kind === 'select_statement' ? 'waits in a select' : 'receives from a channel';
  }
}

/** `case v := <-f():` becomes a receive from a channel that a goroutine sends `<-f()` to. */
function startBefore(code: Code, clause: Node, call: Node): FixBody | undefined {
  const select = clause.parent;
  const fn = enclosingFunction(clause);
  const communication = child(clause, 'communication');
  const receive = communication?.kind === 'receive_statement' ? child(communication, 'right') : undefined;
  const isWhole = receive !== undefined && child(unparen(receive), 'operand') === call;
  const left = communication && child(communication, 'left');
  if (!isWhole || (left && left.children.length > 1) || select?.parent?.kind !== 'statement_list')
    return undefined;
  if (!fn || !communication || call.kind !== 'call_expression') return undefined;
  // One more goroutine in each turn would pile up.
  if (isInLoop(code.flowOf(fn), communication)) return undefined;
  const type = code.underlyingOf(code.typeOf(call));
  if (type.kind !== 'chan') return undefined;
  return (edit) => {
    const result = edit.freshName('result', select);
    const elem = writtenType(code, type.elem, select, edit.qualified);
    if (elem === undefined) return false;
    const made = `${result} := make(chan ${elem}, 1)`;
    edit.insertStatementBefore(select, `${made}\ngo func() { ${result} <- <-${edit.source(call)} }()`);
    edit.replace(call, result);
    return undefined;
  };
}
