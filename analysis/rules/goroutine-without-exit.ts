import { edgesOf, onlyTarget } from '../callgraph/call-graph.ts';
import type { Located } from '../callgraph/search.ts';
import { commentsAbove } from '../knowledge/comments.ts';
import { type EndlessLoop, endlessLoopOf } from '../knowledge/endless-loop.ts';
import { type Recurrence, recurrenceOf } from '../knowledge/recurrence.ts';
import { isTestSupport } from '../knowledge/test-support.ts';
import { endsWithCaller } from '../knowledge/waiting/caller-context.ts';
import {
  cancelledAtReturn,
  channelToEnd,
  contextToEnd,
  type EndSignal,
} from '../knowledge/waiting/end-signal.ts';
import { writtenName } from '../model/calls.ts';
import type { Code } from '../model/code.ts';
import {
  argumentsOf,
  child,
  childOfKind,
  closest,
  contains,
  enclosingFunction,
  mayBeCall,
  type Node,
  nodesOf,
  operatorOf,
  statements,
  textOf,
} from '../syntax/node.ts';
import { isTarget } from '../syntax/roles.ts';
import { defineRule, type FixBody, type Report } from './rule.ts';

export default defineRule({
  id: 'goroutine-without-exit',
  since: '0.1.0',
  severity: 'warning',
  summary: 'A goroutine that nothing can end, although what it works for comes and goes',
  why: `
    A goroutine whose loop has no way out runs until the program ends. If it is started for each value that a constructor
    makes, for each request or for each connection, there is one more of them each time, and each keeps all that it
    refers to: a cache whose janitor sleeps and sweeps for ever is never collected, however often it is closed. In tests
    it goes on after the test and works on what the test has taken down.

    \`for range ticker.C\` is such a loop: \`Stop\` does not close the channel of a ticker. And \`break\` in a case of a
    \`select\` leaves the \`select\`, not the loop around it.

    A goroutine that only the start of the program leads to lives as long as the program, which is often what is meant:
    that is a hint. So it is where there may be only one in a program: nothing shows how often it is started, or the
    value that it works for has no method such as \`Close\` or \`Stop\`.`,
  silentWhen: [
    'a path leads out of the loop: a `return`, a `break`, a panic, the end of a range over a channel, a condition',
    'the loop calls what may end the goroutine or the process, such as `log.Fatal`',
    'it cannot be told how often the goroutine is started, and no context or signal is in scope that should end it',
    'the code is part of a test',
    'a comment at the goroutine, its function or the loop says that it is meant to live as long as the process',
  ],
  peers: [],
  fixes: {
    'leave-when-done': {
      title: 'Leave the loop when the context is done or the signal to stop has come',
      safety: 'review',
    },
  },
  imports: [],
  inTests: false,
  mentions: ['go ', '.Go('],

  check(code, report) {
    if (isTestSupport(code)) return;
    for (const { site, target } of startsIn(code)) {
      const endless = target && endlessLoopOf(target.code, target.node);
      if (endless && !isOnPurpose(code, site, endless)) tell(code, site, endless, report);
    }
  },
});

interface Start {
  /** The `go` statement, or the function that `wg.Go` is given. */
  readonly site: Node;
  /** What is started, if that can only be one function. */
  readonly target: Located | undefined;
}

function startsIn(code: Code): readonly Start[] {
  const statements = nodesOf(code.root.tree, 'go_statement').map((go): Start => {
    const call = go.children.find(mayBeCall);
    return { site: go, target: call && onlyTarget(code, call) };
  });
  const handed = code.calls.flatMap((call): Start[] => {
    const fn = /^(?:Try)?Go$/.test(writtenName(call)) ? enclosingFunction(call) : undefined;
    const edges = fn ? edgesOf(code, fn) : [];
    return edges.flatMap(({ site, runs, targets }) => {
      const isOnly = targets.complete && targets.functions.length === 1 && targets.outside.length === 0;
      const isOwn = runs === 'go' && argumentsOf(call).includes(site);
      return isOwn && isOnly ? [{ site, target: targets.functions[0] }] : [];
    });
  });
  return [...statements, ...handed];
}

/** `collect forever`, `for the lifetime of the process`, `exits with the program`, `until the server process dies` */
const lifelong =
  /\bfor ?ever\b|\b(?:life-?(?:time|span) of|(?:as|so) long as|with|until) (?:the|this|our) (?:\w+ )?(?:process|program|application|binary|daemon)\b|\b(?:process|program|application)(?:'s)? (?:life-?(?:time|span)|exits?|shutdown)\b/i;

function isOnPurpose(code: Code, site: Node, { code: its, fn, loop }: EndlessLoop): boolean {
  const starter = enclosingFunction(site);
  const isSaid = (where: Code, at: Node): boolean => commentsAbove(where, at).some((c) => lifelong.test(c));
  return isSaid(code, site) || (starter && isSaid(code, starter)) || isSaid(its, fn) || isSaid(its, loop);
}

function tell(code: Code, site: Node, endless: EndlessLoop, report: Report<'leave-when-done'>): void {
  const signal = signalFor(endless);
  const deaf = deafCase(endless);
  const often = recurrenceOf(code, site);
  const isKnown = deaf !== undefined || signal !== undefined || often.kind !== 'unknown';
  if (!isKnown) return;
  const isHint = !deaf && (often.kind !== 'again' || often.mayBeOnly === true);
  report({
    at: site,
    message: `nothing can end this goroutine: no path leads out of ${loopText(endless)}, ${consequence(often, signal, deaf)}`,
    confidence: 'likely',
    ...(isHint ? { severity: 'hint' } : {}),
    related: [
      { at: headOf(endless.loop), message: 'this loop goes round for ever' },
      ...breaksOf(endless)
        .slice(0, 3)
        .map((b) => ({ at: b, message: 'this leaves the select, not the loop' })),
      ...(often.kind === 'again' ? [{ at: often.at, message: `there is one for each ${often.each}` }] : []),
    ],
    fixes: { 'leave-when-done': fixOf(endless, signal, deaf) },
  });
}

function loopText({ fn, call }: EndlessLoop): string {
  const name = call || fn.kind !== 'func_literal' ? child(fn, 'name') : undefined;
  return name ? `the loop of ${textOf(name)}` : 'its loop';
}

function consequence(often: Recurrence, signal: EndSignal | undefined, deaf: Node | undefined): string {
  if (deaf) return 'which spins once the context is done';
  if (often.kind === 'again') return `and there is one for each ${often.each}`;
  if (often.kind === 'once') return 'so it lives as long as the program';
  return `not even when ${signal?.text} is ${signal?.kind === 'context' ? 'done' : 'closed'}`;
}

/** What should end the loop: not a context that ends when the function that has made it, or its caller, returns. */
function signalFor({ code, loop }: EndlessLoop): EndSignal | undefined {
  const context = contextToEnd(code, loop);
  if (!context) return channelToEnd(code, loop);
  const { binding, owner } = context;
  const isBrief = cancelledAtReturn(code, binding, owner, loop) || endsWithCaller(code, binding, owner);
  return isBrief ? channelToEnd(code, loop) : context;
}

/** The range clause, or else the loop. */
function headOf(loop: Node): Node {
  return childOfKind(loop, 'range_clause') ?? loop;
}

/** A case for the end of a context that does not leave the loop: from then on it is always ready. */
function deafCase({ code, loop }: EndlessLoop): Node | undefined {
  return nodesOf(loop.tree, 'communication_case').find((clause) => {
    const from = receivedIn(clause);
    if (!isInTurn(clause, loop) || from?.kind !== 'call_expression') return false;
    const context = code.calleeOf(from)?.receiver;
    return (
      context !== undefined &&
      code.calleeName(from) === 'context.Context.Done' &&
      isSameInEachTurn(code, context, loop)
    );
  });
}

/** Whether an expression is a variable or field that the loop neither declares nor assigns to. */
function isSameInEachTurn(code: Code, expression: Node, loop: Node): boolean {
  const owner = expression.kind === 'selector_expression' ? child(expression, 'operand') : expression;
  const binding = owner?.kind === 'identifier' ? code.bindingOf(owner) : undefined;
  if (!binding || (binding.declaredAt && contains(loop, binding.declaredAt))) return false;
  return nodesOf(loop.tree, 'identifier', 'selector_expression').every(
    (n) => !contains(loop, n) || !isTarget(n) || ![textOf(expression), binding.name].includes(textOf(n)),
  );
}

/** Whether a node belongs to the loop itself and not to a literal in it. */
function isInTurn(node: Node, loop: Node): boolean {
  return contains(loop, node) && enclosingFunction(node) === enclosingFunction(loop);
}

/** The channel that a case receives from. */
function receivedIn(clause: Node): Node | undefined {
  const communication = child(clause, 'communication');
  const receive = communication && child(communication, 'right');
  return receive && child(receive, 'operand');
}

/** The `break`s in the loop that leave a `select` only. */
function breaksOf({ loop }: EndlessLoop): readonly Node[] {
  return nodesOf(loop.tree, 'break_statement').filter(
    (b) =>
      isInTurn(b, loop) &&
      b.children.length === 0 &&
      closest(b, 'select_statement', 'for_statement', 'expression_switch_statement', 'type_switch_statement')
        ?.kind === 'select_statement',
  );
}

function fixOf(
  { code, fn, loop }: EndlessLoop,
  signal: EndSignal | undefined,
  deaf: Node | undefined,
): FixBody | undefined {
  if (child(fn, 'result')) return undefined;
  if (deaf) return leaveInCase(deaf);
  if (!signal) return undefined;
  const range = childOfKind(loop, 'range_clause');
  if (range) return leaveBesideRange(loop, range, signal);
  const select = nodesOf(loop.tree, 'select_statement').find(
    (s) => isEachTurn(loop, s) && !childOfKind(s, 'default_case') && s.children.length > 0,
  );
  if (select) return leaveByCase(select, signal);
  const wait = nodesOf(loop.tree, 'expression_statement').find(
    (s) => isEachTurn(loop, s) && (awaited(s) !== undefined || isSleep(code, s)),
  );
  if (wait) return leaveWhileWaiting(wait, signal);
  return isWaiting(loop) ? undefined : leaveAtTurn(code, loop, signal);
}

/** Whether a turn of the loop waits on a channel, for which nobody can tell how long it takes. */
function isWaiting(loop: Node): boolean {
  return nodesOf(loop.tree, 'select_statement', 'send_statement', 'unary_expression').some(
    (n) => isInTurn(n, loop) && (n.kind !== 'unary_expression' || operatorOf(n) === '<-'),
  );
}

/** Each turn begins with the question whether it is time, and sleeps somewhere wait for the signal as well. */
function leaveAtTurn(code: Code, loop: Node, signal: EndSignal): FixBody | undefined {
  const body = child(loop, 'body');
  const sleeps = nodesOf(loop.tree, 'expression_statement').filter(
    (s) => isInTurn(s, loop) && isSleep(code, s),
  );
  const ask =
    signal.kind === 'channel'
      ? `select {\ncase <-${signal.text}:\n\treturn\ndefault:\n}`
      : `if ${signal.text}.Err() != nil {\n\treturn\n}`;
  return (
    body &&
    ((edit) => {
      edit.insertFirst(body, ask);
      for (const sleep of sleeps) leaveWhileWaiting(sleep, signal)(edit);
    })
  );
}

/** The case gets a `return`, in place of a `break` that ends it. */
function leaveInCase(clause: Node): FixBody {
  const last = statements(clause).at(-1);
  return (edit) => {
    if (last?.kind === 'break_statement' || last?.kind === 'continue_statement') edit.replace(last, 'return');
    else if (last) edit.insertStatementAfter(last, 'return');
    else edit.insertAfter(clause, '\n\treturn');
  };
}

/** The `select` gets a case for the signal, as its first one. */
function leaveByCase(select: Node, signal: EndSignal): FixBody | undefined {
  const brace = select.tree.text.indexOf('{', select.start) + 1;
  if (!/^[\t ]*\r?\n/.test(select.tree.text.slice(brace))) return undefined;
  return (edit) => edit.replaceRange(select, brace, brace, `\ncase <-${channelOf(signal)}:\n\treturn`);
}

/** `for range ticker.C` waits for the signal as well. */
function leaveBesideRange(loop: Node, range: Node, signal: EndSignal): FixBody | undefined {
  const channel = child(range, 'right');
  const body = child(loop, 'body');
  if (!channel || !body || child(range, 'left')) return undefined;
  return (edit) => {
    edit.replaceRange(loop, loop.start, body.start, 'for ');
    edit.insertFirst(body, waiting(signal, `<-${edit.source(channel)}`));
  };
}

/** `time.Sleep(d)` and `<-ticker.C` wait for the signal as well. */
function leaveWhileWaiting(wait: Node, signal: EndSignal): FixBody {
  return (edit) => {
    const channel = awaited(wait);
    const [duration] = argumentsOf(wait.children[0] as Node);
    const other = channel
      ? `<-${edit.source(channel)}`
      : `<-${edit.qualified('time', 'After', wait)}(${duration ? edit.source(duration) : ''})`;
    edit.replace(wait, waiting(signal, other));
  };
}

function channelOf({ kind, text }: EndSignal): string {
  return kind === 'context' ? `${text}.Done()` : text;
}

function waiting(signal: EndSignal, other: string): string {
  return `select {\ncase <-${channelOf(signal)}:\n\treturn\ncase ${other}:\n}`;
}

/** The channel of a statement that does nothing but receive. */
function awaited(statement: Node): Node | undefined {
  const receive = statement.children[0];
  return receive?.kind === 'unary_expression' && operatorOf(receive) === '<-'
    ? child(receive, 'operand')
    : undefined;
}

function isSleep(code: Code, statement: Node): boolean {
  const call = statement.children[0];
  return call?.kind === 'call_expression' && code.calleeName(call) === 'time.Sleep';
}

/** Whether the loop comes to a statement of its own in each turn. */
function isEachTurn(loop: Node, statement: Node): boolean {
  if (!isInTurn(statement, loop) || statement.parent?.kind !== 'statement_list') return false;
  const body = child(loop, 'body');
  return body !== undefined && statement.parent.parent === body && !skips(loop, statement);
}

/** Whether a `continue` of the loop stands before a statement. */
function skips(loop: Node, statement: Node): boolean {
  return nodesOf(loop.tree, 'continue_statement').some(
    (c) => isInTurn(c, loop) && c.start < statement.start && closest(c, 'for_statement') === loop,
  );
}
