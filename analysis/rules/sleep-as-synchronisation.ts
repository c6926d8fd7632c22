import { isInLoop, placeOf, reachableFrom } from '../flow/graph.ts';
import type { Code } from '../model/code.ts';
import type { Binding } from '../model/scope.ts';
import { isNamed } from '../model/types.ts';
import {
  argumentsOf,
  child,
  contains,
  descendants,
  enclosingFunction,
  isFunction,
  type Node,
  nodesOf,
  operatorOf,
  statements,
  textOf,
} from '../syntax/node.ts';
import { defineRule, type FixBody, type Report } from './rule.ts';

type FixId = 'wait-with-waitgroup';

/** A sleep longer than this keeps a program alive; it does not wait for work that is about to end. */
const longest = 60_000_000_000n;

export default defineRule({
  id: 'sleep-as-synchronisation',
  since: '0.1.0',
  severity: 'warning',
  summary: 'A sleep stands in for waiting until goroutines have ended',
  why: `
    A sleep does not wait for anything: on a busy machine the goroutines have not run when it ends, and on an idle one it
    wastes the difference. What they wrote is then read while they may still write it, which is a data race whatever the
    length of the sleep, or the program ends without them. Wait for them with a \`sync.WaitGroup\` or a channel.`,
  silentWhen: [
    'something else in the function waits, for example a `Wait` or a channel receive',
    'the sleep is in a loop, as in polling',
    'the goroutines run for ever, so that there is no end to wait for',
    'the code runs in a `testing/synctest` bubble, where a sleep does wait for the others',
  ],
  peers: [],
  fixes: {
    'wait-with-waitgroup': { title: 'Wait for the goroutines with a WaitGroup', safety: 'review' },
  },
  imports: ['time'],
  mentions: ['Sleep('],
  alsoMentions: ['\tgo ', '{ go ', '; go ', '\ngo '],

  check(code, report) {
    for (const call of code.calls) {
      const fn = enclosingFunction(call);
      if (!fn || code.calleeName(call) !== 'time.Sleep' || call.parent?.kind !== 'expression_statement')
        continue;
      if (isInLoop(code.flowOf(fn), call) || isInBubble(code, call)) continue;
      const starts = startsBefore(code, fn, call);
      if (starts.length === 0 || waitsOtherwise(code, fn, starts)) continue;
      checkSleep(code, fn, call, starts, report);
    }
  },
});

function checkSleep(code: Code, fn: Node, sleep: Node, starts: readonly Node[], report: Report<FixId>): void {
  const fixes = { 'wait-with-waitgroup': waitWithGroup(code, fn, sleep, starts) };
  const raced = readAfter(code, fn, sleep, starts);
  if (raced) {
    const name = textOf(raced.read);
    report({
      at: sleep,
      message: `this sleep does not wait for the goroutine that writes ${name}, which is read after it`,
      related: [
        { at: raced.write, message: `the goroutine writes ${name} here` },
        { at: raced.read, message: `${name} is read here, whether or not it was written` },
      ],
      fixes,
    });
    return;
  }
  const [argument] = argumentsOf(sleep);
  const length = argument && code.constantOf(argument);
  const isShort = typeof length === 'bigint' && length <= longest;
  const start = starts.find((go) => endsByItself(code, go));
  if (!isShort || !start || !endsProgram(code, fn) || !isLast(fn, sleep)) return;
  const whole = isMain(code, fn) ? 'the program' : 'the test';
  report({
    at: sleep,
    message: `this sleep does not wait for the goroutine: ${whole} ends after it, whether or not the goroutine has`,
    severity: 'hint',
    related: [{ at: start, message: 'the goroutine is started here' }],
    fixes,
  });
}

/** The `go` statements of the function itself from which control can come to the sleep. */
function startsBefore(code: Code, fn: Node, sleep: Node): readonly Node[] {
  const flow = code.flowOf(fn);
  const place = placeOf(flow, sleep);
  if (!place) return [];
  return nodesOf(code.root.tree, 'go_statement').filter((go) => {
    if (go.start > sleep.start || enclosingFunction(go) !== fn) return false;
    const start = placeOf(flow, go);
    return (
      start !== undefined && (start.block === place.block || reachableFrom(start.block).has(place.block))
    );
  });
}

/** A `Wait`, a channel operation, or a function that gets one of the channels or groups, after the first `go`. */
function waitsOtherwise(code: Code, fn: Node, starts: readonly Node[]): boolean {
  const from = Math.min(...starts.map((go) => go.start));
  return [...descendants(fn)].some((node) => {
    if (node.start < from || (node.kind !== 'select_statement' && enclosingFunction(node) !== fn))
      return false;
    switch (node.kind) {
      case 'select_statement':
        return enclosingFunction(node) === fn;
      case 'unary_expression':
        return operatorOf(node) === '<-';
      case 'range_clause': {
        const over = child(node, 'right');
        return over !== undefined && ['chan', 'unknown'].includes(code.typeOf(over).kind);
      }
      case 'call_expression':
        return /(?:^|\.)Wait\w*$/.test(textOf(child(node, 'function') ?? node));
      default:
        return false;
    }
  });
}

function isInBubble(code: Code, at: Node): boolean {
  for (let node: Node | undefined = at; node; node = node.parent) {
    if (node.kind === 'call_expression' && code.calleeName(node).startsWith('testing/synctest.')) return true;
  }
  return false;
}

/** A variable of the function that a goroutine writes without a lock, and that is read after the sleep. */
function readAfter(
  code: Code,
  fn: Node,
  sleep: Node,
  starts: readonly Node[],
): { readonly write: Node; readonly read: Node } | undefined {
  for (const go of starts) {
    const literal = literalOf(go);
    if (!literal || code.calls.some((c) => contains(literal, c) && /Lock$/.test(code.calleeName(c))))
      continue;
    for (const write of writesIn(literal)) {
      const binding = code.bindingOf(write);
      if (!binding || !isOuter(binding, literal)) continue;
      const read = code
        .usesOf(binding)
        .find((use) => use.start > sleep.end && enclosingFunction(use) === fn && !isWritten(use));
      if (read) return { write, read };
    }
  }
  return undefined;
}

function isOuter(binding: Binding, literal: Node): boolean {
  return (
    binding.kind === 'variable' && binding.declaredAt !== undefined && !contains(literal, binding.declaredAt)
  );
}

/** The variables that statements of the literal assign to, increment or decrement. */
function writesIn(literal: Node): readonly Node[] {
  return [...descendants(literal)].filter((node) => node.kind === 'identifier' && isWritten(node));
}

function isWritten(identifier: Node): boolean {
  const parent = identifier.parent;
  if (parent?.kind === 'inc_statement' || parent?.kind === 'dec_statement') return true;
  return parent?.field === 'left' && parent.parent?.kind === 'assignment_statement';
}

function literalOf(go: Node): Node | undefined {
  const fn = go.children[0] && child(go.children[0], 'function');
  return fn?.kind === 'func_literal' ? fn : undefined;
}

/** Whether what is started can be seen to end: it returns on some path, and nothing in it waits or loops for ever. */
function endsByItself(code: Code, go: Node): boolean {
  const call = go.children[0];
  const literal = literalOf(go);
  const callee = call && code.calleeOf(call);
  const body = literal ? code : callee && code.bodyOf(callee);
  const fn = literal ?? body?.root;
  if (!body || !fn || !isFunction(fn)) return false;
  const blocks = [...descendants(fn)].some(
    (node) =>
      node.kind === 'select_statement' ||
      node.kind === 'send_statement' ||
      (node.kind === 'unary_expression' && operatorOf(node) === '<-') ||
      (node.kind === 'for_statement' && node.children.every((c) => c.field === 'body')),
  );
  return !blocks && body.flowOf(fn).blocks.some((block) => block.exit === 'return');
}

function endsProgram(code: Code, fn: Node): boolean {
  return isMain(code, fn) || isTest(code, fn);
}

function isMain(code: Code, fn: Node): boolean {
  const name = fn.kind === 'function_declaration' ? child(fn, 'name') : undefined;
  return code.pkg.name === 'main' && name !== undefined && textOf(name) === 'main';
}

function isTest(code: Code, fn: Node): boolean {
  const name = fn.kind === 'function_declaration' ? child(fn, 'name') : undefined;
  const type = child(child(fn, 'parameters')?.children[0] ?? fn, 'type');
  return (
    name !== undefined &&
    textOf(name).startsWith('Test') &&
    type !== undefined &&
    isNamed(code.typeOfTypeNode(type), 'testing', 'T')
  );
}

/** Whether nothing follows the sleep in the function. */
function isLast(fn: Node, sleep: Node): boolean {
  const body = child(fn, 'body');
  return body !== undefined && statements(body).at(-1) === sleep.parent;
}

function waitWithGroup(code: Code, fn: Node, sleep: Node, starts: readonly Node[]): FixBody | undefined {
  const body = child(fn, 'body');
  const first = body && statements(body).find((s) => starts.some((go) => contains(s, go)));
  const isSimple = (go: Node): boolean => {
    const literal = literalOf(go);
    const call = go.children[0];
    return (
      go.parent?.kind === 'statement_list' &&
      literal !== undefined &&
      call !== undefined &&
      argumentsOf(call).length === 0 &&
      endsByItself(code, go)
    );
  };
  const goesOn = nodesOf(code.root.tree, 'go_statement').some(
    (go) => go.start > sleep.end && enclosingFunction(go) === fn,
  );
  if (!first || !sleep.parent || goesOn || sleep.parent.parent !== first.parent || !starts.every(isSimple))
    return undefined;
  return (edit) => {
    const wg = edit.freshName('wg', first);
    edit.insertStatementBefore(first, `var ${wg} ${edit.qualified('sync', 'WaitGroup', first)}`);
    for (const go of starts) {
      const literal = literalOf(go) as Node;
      if (code.goAtLeast('1.25')) {
        edit.replaceRange(go, go.start, literal.start, `${wg}.Go(`);
        edit.replaceRange(go, literal.end, go.end, ')');
      } else {
        edit.insertStatementBefore(go, `${wg}.Add(1)`);
        edit.insertFirst(child(literal, 'body') as Node, `defer ${wg}.Done()`);
      }
    }
    edit.replace(sleep, `${wg}.Wait()`);
  };
}
