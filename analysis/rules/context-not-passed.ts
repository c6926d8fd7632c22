import { type ContextInScope, contextInScope } from '../knowledge/context-in-scope.ts';
import { type ContextVariant, contextVariants } from '../knowledge/context-variants.ts';
import { isDetachedWork } from '../knowledge/detached-work.ts';
import { failureReturn } from '../knowledge/failure-return.ts';
import { isFreshOnPurpose, tellsLifetimesApart } from '../knowledge/fresh-context.ts';
import { endlessRequest, fieldClientAt } from '../knowledge/http-client.ts';
import { asksContext, endsInTime } from '../knowledge/loop-delay.ts';
import { isPassedDown } from '../knowledge/passed-down.ts';
import { isTestSupport } from '../knowledge/test-support.ts';
import { isContext, writtenName } from '../model/calls.ts';
import type { Code } from '../model/code.ts';
import {
  argumentsOf,
  child,
  enclosingFunction,
  isFunction,
  type Node,
  statements,
  textOf,
} from '../syntax/node.ts';
import { targetOf } from '../syntax/roles.ts';
import { defineRule, type FixBody } from './rule.ts';

export default defineRule({
  id: 'context-not-passed',
  since: '0.1.0',
  severity: 'warning',
  summary: 'Work starts from a new context, or takes none, although one is in scope',
  why: `
A context carries the caller's cancellation, deadline and values down the calls that it makes. Work that starts from
\`context.Background()\` or \`context.TODO()\` in the middle of such a chain, or that uses the variant of a call
without a context (\`exec.Command\`, \`http.NewRequest\`, \`db.Query\`), goes on after the caller has given up: a
process nobody waits for, a request that holds a connection and its goroutines until the other side answers.`,
  silentWhen: [
    'the work is meant to outlive the context: in a `go` or `defer` statement, in a function whose name says that it closes or cleans up, after `<-ctx.Done()` or an error, under a comment that speaks of contexts, or with `context.WithoutCancel`',
    'the call with the new context completes or undoes what an earlier call with the context has done, and nobody looks at its result',
    'it calls a function of the package that has no result and never waits on its context',
    'the new context is stored, returned or captured, so that it belongs to something that lives longer',
    'the code is in a function literal that may run later, unless the literal itself uses the context',
    'the context that is in scope is a field of a struct, or the file is a test; other code for tests gets hints',
    'a loop that sleeps asks the context in each turn, itself or by a call whose error ends it, and sleeps for 10 s at most or for a time that is not known; or it is over within 30 s',
    'the call is `http.Get` or another function of the default client: see http-client-without-timeout',
  ],
  peers: ['contextcheck', 'noctx'],
  fixes: {
    'pass-context': { title: 'Pass the context that is in scope', safety: 'review' },
    'select-on-done': { title: 'Wait until the time has passed or the context is done', safety: 'review' },
  },
  imports: ['context', 'net/http'],
  mentions: [
    ...['Background()', 'TODO()', 'Command(', 'NewRequest(', 'Sleep(', 'DialTimeout(', 'Handshake()'],
    ...['Dial', 'LookupIP', 'Query', 'QueryRow', 'Exec', 'Prepare', 'Ping', 'Begin'].map(
      (name) => `.${name}(`,
    ),
    ...['Host', 'Addr', 'CNAME', 'MX', 'NS', 'Port', 'SRV', 'TXT'].map((name) => `Lookup${name}(`),
    // Of clients that are called so; Get alone is a word of too many.
    ...['Get', 'Head', 'Post', 'PostForm'].map((name) => `lient.${name}(`),
  ],
  alsoMentions: ['Context', 'Request'],
  inTests: false,

  check(code, report) {
    for (const call of code.calls) {
      if (!names.has(writtenName(call))) continue;
      const name = code.calleeName(call);
      const isRoot = name === 'context.Background' || name === 'context.TODO';
      const variant = contextVariants.get(name);
      const loop = name === 'time.Sleep' ? loopAround(call) : undefined;
      if (!isRoot && !variant && !loop) continue;
      const ctx = contextInScope(code, call);
      if (!ctx || isDetachedWork(code, call)) continue;
      const related = [{ at: ctx.binding.declaredAt ?? call, message: `${ctx.binding.name} is in scope` }];

      if (isRoot) {
        if (ctx.reach !== 'chain' || !isPassedDown(code, call, ctx) || isFreshOnPurpose(code, call, ctx))
          continue;
        report({
          at: call,
          message: `${textOf(call)} cuts this work off from ${ctx.text}: it goes on after ${ctx.text} is cancelled or past its deadline`,
          related,
          severity: tellsLifetimesApart(code) || isTestSupport(code) ? 'hint' : 'warning',
          confidence: 'likely',
          fixes: { 'pass-context': (edit) => edit.replace(call, ctx.text) },
        });
      } else if (variant) {
        if (hasOtherEnd(code, call, name) || isReportedAsEndless(code, call, name)) continue;
        report({
          at: call,
          message: `${textOf(child(call, 'function') as Node)} takes no context: ${variant.ends} goes on after ${ctx.text} is cancelled`,
          related,
          severity: variant.weight === 'weak' || isTestSupport(code) ? 'hint' : 'warning',
          fixes: {
            'pass-context': contextFix(call, variant, ctx),
          },
        });
      } else if (loop && !isIdle(loop) && !endsInTime(code, call, loop, ctx)) {
        report({
          at: call,
          message: `${textOf(child(call, 'function') as Node)} in a loop does not see that ${ctx.text} is done: the loop is late to stop`,
          related,
          severity: 'hint',
          confidence: 'likely',
          fixes: { 'select-on-done': asksContext(code, loop) ? undefined : sleepFix(code, call, ctx) },
        });
      }
    }
  },
});

const names: ReadonlySet<string> = new Set([
  ...['Background', 'TODO', 'Sleep'],
  ...[...contextVariants.keys()].map((name) => name.slice(name.lastIndexOf('.') + 1)),
]);

/** The innermost loop of its function that a statement is in. */
function loopAround(call: Node): Node | undefined {
  if (call.parent?.kind !== 'expression_statement') return undefined;
  for (let at = call.parent.parent; at && !isFunction(at); at = at.parent)
    if (at.kind === 'for_statement') return at;
  return undefined;
}

/** `for { time.Sleep(d) }` does nothing but stay. */
function isIdle(loop: Node): boolean {
  const body = child(loop, 'body');
  return loop.children.length === 1 && body !== undefined && statements(body).length === 1;
}

/** What stands before the name of the called function, with its dot. */
function qualifierOf(call: Node): string {
  const fn = child(call, 'function');
  const operand = fn?.kind === 'selector_expression' ? child(fn, 'operand') : undefined;
  return operand ? `${textOf(operand)}.` : '';
}

/** Whether the command or request that a call makes gets its context, or its end, in another way. */
function hasOtherEnd(code: Code, call: Node, name: string): boolean {
  const isCommand = name === 'os/exec.Command';
  if (!isCommand && name !== 'net/http.NewRequest') return false;
  const target = targetOf(call, 0);
  const binding = target?.kind === 'identifier' ? code.bindingOf(target) : undefined;
  if (!binding) return isCommand && !isRunAtOnce(call);
  const uses = code.usesOf(binding).filter((use) => use !== target);
  const fields = uses.flatMap((use) =>
    use.parent?.kind === 'selector_expression' ? [textOf(child(use.parent, 'field') ?? use.parent)] : [],
  );
  if (uses.some((use) => isStored(use) || isArgumentBesideContext(code, use))) return true;
  if (!isCommand)
    return (
      fields.includes('WithContext') ||
      fields.includes('Clone') ||
      (uses.some(isReturned) && addsContexts(code))
    );
  if (fields.length < uses.length || (fields.includes('Start') && !fields.includes('Wait'))) return true;
  return ['Process', 'SysProcAttr', 'Cancel', 'WaitDelay'].some((field) => fields.includes(field));
}

function isReturned(use: Node): boolean {
  return use.parent?.kind === 'expression_list' && use.parent.parent?.kind === 'return_statement';
}

/** Whether the package gives contexts to requests that it has already made. */
function addsContexts(code: Code): boolean {
  return code
    .packageCode('WithContext(')
    .some((c) => c.calls.some((call) => c.calleeName(call) === 'net/http.Request.WithContext'));
}

/** Whether a variable's value is assigned to something else. */
function isStored(use: Node): boolean {
  return use.parent?.kind === 'expression_list' && use.parent.field === 'right';
}

/** Whether http-client-without-timeout speaks of this very call. */
function isReportedAsEndless(code: Code, call: Node, name: string): boolean {
  const receiver = code.calleeOf(call)?.receiver;
  if (!name.startsWith('net/http.Client.') || !receiver) return false;
  if (code.objectName(receiver) === 'net/http.DefaultClient') return true;
  const field = fieldClientAt(code, call);
  return field !== undefined && endlessRequest(field.uses) !== undefined;
}

function isArgumentBesideContext(code: Code, use: Node): boolean {
  const call = use.parent?.kind === 'argument_list' ? use.parent.parent : undefined;
  return (
    call?.kind === 'call_expression' && argumentsOf(call).some((argument) => isContext(code.typeOf(argument)))
  );
}

/** `exec.Command(…).Run()` */
function isRunAtOnce(call: Node): boolean {
  const selector = call.parent?.kind === 'selector_expression' ? call.parent : undefined;
  const method = selector && textOf(child(selector, 'field') as Node);
  return (
    selector?.parent?.kind === 'call_expression' &&
    method !== undefined &&
    ['Run', 'Output', 'CombinedOutput'].includes(method)
  );
}

function contextFix(call: Node, variant: ContextVariant, ctx: ContextInScope): FixBody {
  return (edit) => {
    const [fn, list] = [child(call, 'function'), child(call, 'arguments')];
    const args = argumentsOf(call);
    const rewritten = variant.rewrite(qualifierOf(call), args.map(textOf));
    if (!fn || !list || !rewritten) return false;
    const before = [ctx.text, ...rewritten.extra].join(', ');
    const last = rewritten.keep === undefined ? undefined : args[rewritten.keep - 1];
    edit.replace(fn, rewritten.fn);
    edit.addFirst(list, before);
    if (last) edit.replaceRange(list, last.end, args.at(-1)?.end ?? last.end, '');
    return undefined;
  };
}

/** Go before 1.23 keeps the timer of `time.After` until it fires. */
function sleepFix(code: Code, call: Node, ctx: ContextInScope): FixBody | undefined {
  const fn = enclosingFunction(call);
  const leave = fn && failureReturn(code, fn, `${ctx.text}.Err()`);
  const [duration] = argumentsOf(call);
  const statement = call.parent;
  if (!leave || !duration || statement?.parent?.kind !== 'statement_list') return undefined;
  if (isUnlockedMeanwhile(statement)) return undefined;
  return (edit) => {
    const time = edit.importName('time', call);
    const [before, stop, channel] = code.goAtLeast('1.23')
      ? ['', '', `${time}.After(${textOf(duration)})`]
      : [`timer := ${time}.NewTimer(${textOf(duration)})\n`, '\ttimer.Stop()\n', 'timer.C'];
    edit.replace(
      statement,
      `${before}select {\ncase <-${ctx.text}.Done():\n${stop}\t${leave}\ncase <-${channel}:\n}`,
    );
  };
}

/** Whether a lock is given up for the time of a statement: who returns there does so without it. */
function isUnlockedMeanwhile(statement: Node): boolean {
  const list = statement.parent?.children ?? [];
  const at = list.indexOf(statement);
  const lockOf = (node: Node, method: RegExp): string | undefined => {
    const call = node.kind === 'expression_statement' ? node.children[0] : undefined;
    const fn = call?.kind === 'call_expression' ? child(call, 'function') : undefined;
    const name = fn?.kind === 'selector_expression' && child(fn, 'field');
    const operand = fn && child(fn, 'operand');
    return name && operand && method.test(textOf(name)) ? textOf(operand) : undefined;
  };
  const unlocked = new Set(list.slice(0, at).flatMap((node) => lockOf(node, /^R?Unlock$/) ?? []));
  return list.slice(at + 1).some((node) => unlocked.has(lockOf(node, /^R?Lock$/) ?? ''));
}
