import type { FixBuilder } from '../edit/fix-builder.ts';
import { isInLoop, placeOf, reachableFrom } from '../flow/graph.ts';
import { isMain } from '../knowledge/entry-point.ts';
import {
  endingOf,
  fieldOf,
  goStatementsOf,
  type SharedWrite,
  type Spawned,
  sharedWrites,
  spawnedBy,
} from '../knowledge/spawned.ts';
import { prints } from '../knowledge/success.ts';
import type { Code } from '../model/code.ts';
import { isNamed } from '../model/types.ts';
import {
  argumentsOf,
  child,
  contains,
  descendants,
  enclosingFunction,
  type Node,
  operatorOf,
  statements,
  textOf,
  unparen,
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
  alsoMentions: ['\tgo ', ' go ', ';go ', '{go ', '\ngo '],

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
  const result = readAfter(code, fn, sleep, starts);
  if (result) {
    const { variable, at, guarded, read, spawned } = result;
    if (guarded && (!isShort(code, sleep) || endingOf(spawned.code, spawned.fn) === 'stays')) return;
    report({
      at: sleep,
      message: `this sleep does not wait for the goroutine that writes ${variable.name}, which is read after it`,
      ...(guarded ? { severity: 'hint', confidence: 'likely' } : {}),
      related: [
        { at: spawned.go, message: 'the goroutine is started here' },
        { at, message: `it writes ${variable.name} here` },
        { at: read, message: `${variable.name} is read here, whether or not it was written` },
      ],
      fixes,
    });
    return;
  }
  if (starts.some((go) => startsMore(spawnedBy(code, go)))) return;
  const start = starts.find((go) => isEnding(code, go));
  if (!isShort(code, sleep) || !start || !endsProgram(code, fn) || !isLast(code, fn, sleep)) return;
  const whole = isMain(code, fn) ? 'the program' : 'the test';
  report({
    at: sleep,
    message: `this sleep does not wait for the goroutine: ${whole} ends after it, whether or not the goroutine has`,
    severity: 'hint',
    related: [{ at: start, message: 'the goroutine is started here' }],
    fixes,
  });
}

/** Whether a sleep can be meant to give a goroutine time to end. */
function isShort(code: Code, sleep: Node): boolean {
  const [argument] = argumentsOf(sleep);
  const length = argument && code.constantOf(argument);
  return typeof length === 'bigint' && length <= longest;
}

/** The `go` statements of the function itself from which control can come to the sleep. */
function startsBefore(code: Code, fn: Node, sleep: Node): readonly Node[] {
  const flow = code.flowOf(fn);
  const place = placeOf(flow, sleep);
  if (!place) return [];
  return goStatementsOf(fn).filter((go) => {
    if (go.start > sleep.start) return false;
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

/** A variable that a goroutine writes and that is read after the sleep; one that no lock guards, if there is one. */
function readAfter(
  code: Code,
  fn: Node,
  sleep: Node,
  starts: readonly Node[],
): (SharedWrite & { readonly read: Node; readonly spawned: Spawned }) | undefined {
  const results = starts.flatMap((go) => {
    const spawned = spawnedBy(code, go);
    return (spawned ? sharedWrites(code, spawned) : []).flatMap((write) => {
      const read = code
        .usesOf(write.variable)
        .find((use) => use.start > sleep.end && enclosingFunction(use) === fn && reads(use, write.field));
      return spawned && read ? [{ ...write, read, spawned }] : [];
    });
  });
  const order = (a: (typeof results)[number], b: (typeof results)[number]): number =>
    Number(a.guarded) - Number(b.guarded) || a.read.start - b.read.start;
  return results.sort(order)[0];
}

/** Whether a use reads the field of the variable, or all of the variable. */
function reads(use: Node, field: string | undefined): boolean {
  if (isWritten(use)) return false;
  const selected = fieldOf(use);
  return (
    field === undefined ||
    selected === field ||
    (selected === undefined && use.parent?.kind !== 'unary_expression')
  );
}

function isWritten(identifier: Node): boolean {
  const parent = identifier.parent;
  return parent?.field === 'left' && parent.parent?.kind === 'assignment_statement';
}

/** Whether what is started can be seen to end, as far as nothing that is out of sight keeps it. */
function isEnding(code: Code, go: Node): boolean {
  const spawned = spawnedBy(code, go);
  if (!spawned || endingOf(spawned.code, spawned.fn) === 'stays') return false;
  return spawned.code.flowOf(spawned.fn).blocks.some((block) => block.exit === 'return');
}

function endsProgram(code: Code, fn: Node): boolean {
  return isMain(code, fn) || isTest(code, fn);
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

/** Whether nothing follows the sleep in the function, or nothing but printing. */
function isLast(code: Code, fn: Node, sleep: Node): boolean {
  const body = child(fn, 'body');
  const list = body ? statements(body) : [];
  const position = sleep.parent ? list.indexOf(sleep.parent) : -1;
  return (
    position >= 0 &&
    list.slice(position + 1).every((s) => {
      const call = s.kind === 'expression_statement' ? s.children[0] : undefined;
      return call?.kind === 'call_expression' && prints(code, call);
    })
  );
}

/** How a `go` statement is written with a WaitGroup of the given name. */
type Rewrite = (edit: FixBuilder, wg: string) => void;

function waitWithGroup(code: Code, fn: Node, sleep: Node, starts: readonly Node[]): FixBody | undefined {
  const body = child(fn, 'body');
  const first = body && statements(body).find((s) => starts.some((go) => contains(s, go)));
  const rewrites = starts.flatMap((go) => rewriteOf(code, go) ?? []);
  const goesOn = goStatementsOf(fn).some((go) => go.start > sleep.end);
  if (
    !first ||
    !sleep.parent ||
    goesOn ||
    sleep.parent.parent !== first.parent ||
    rewrites.length < starts.length
  )
    return undefined;
  return (edit) => {
    const wg = edit.freshName('wg', first);
    edit.insertStatementBefore(first, `var ${wg} ${edit.qualified('sync', 'WaitGroup', first)}`);
    for (const rewrite of rewrites) rewrite(edit, wg);
    edit.replace(sleep, `${wg}.Wait()`);
  };
}

/** Undefined if the goroutine may go on for ever: then waiting for it would, too. */
function rewriteOf(code: Code, go: Node): Rewrite | undefined {
  const spawned = spawnedBy(code, go);
  if (go.parent?.kind !== 'statement_list' || !spawned || !isEnding(code, go) || startsMore(spawned))
    return undefined;
  const { call, fn } = spawned;
  const called = child(call, 'function') as Node;
  const hasGo = code.goAtLeast('1.25');
  if (fn.parent && contains(go, fn)) {
    if (hasGo && argumentsOf(call).length === 0) {
      return (edit, wg) => {
        edit.replaceRange(go, go.start, called.start, `${wg}.Go(`);
        edit.replaceRange(go, called.end, go.end, ')');
      };
    }
    return (edit, wg) => {
      edit.insertStatementBefore(go, `${wg}.Add(1)`);
      edit.insertFirst(child(fn, 'body') as Node, `defer ${wg}.Done()`);
    };
  }
  if (!argumentsOf(call).every((argument) => isFixed(code, argument))) return undefined;
  if (hasGo && argumentsOf(call).length === 0 && !child(fn, 'result'))
    return (edit, wg) => edit.replace(go, `${wg}.Go(${edit.source(called)})`);
  return (edit, wg) => {
    const text = edit.source(call);
    if (hasGo) edit.replace(go, `${wg}.Go(func() { ${text} })`);
    else {
      edit.insertStatementBefore(go, `${wg}.Add(1)`);
      edit.replace(go, `go func() {\n\tdefer ${wg}.Done()\n\t${text}\n}()`);
    }
  };
}

/** Whether a goroutine starts others, or a timer, that the sleep may be waiting for. */
function startsMore(spawned: Spawned | undefined): boolean {
  if (!spawned) return false;
  const { code, fn } = spawned;
  return [...descendants(fn)].some(
    (node) =>
      node.kind === 'go_statement' ||
      (node.kind === 'call_expression' && code.calleeName(node) === 'time.AfterFunc'),
  );
}

/** Whether an argument has the same value when the goroutine runs as it has at the `go` statement. */
function isFixed(code: Code, argument: Node): boolean {
  if (code.constantOf(argument) !== undefined) return true;
  const node = unparen(argument);
  if (node.kind === 'unary_expression' && operatorOf(node) === '&')
    return node.children.at(-1)?.kind === 'identifier';
  const binding = node.kind === 'identifier' ? code.bindingOf(node) : undefined;
  return (
    binding?.declaredAt !== undefined &&
    code.usesOf(binding).every((use) => use === binding.declaredAt || !isAssigned(code, use))
  );
}

/** The variable of a loop is another one in each turn since Go 1.22. */
function isAssigned(code: Code, use: Node): boolean {
  const parent = use.parent;
  const isCounted = parent?.kind === 'inc_statement' || parent?.kind === 'dec_statement';
  if (isCounted) return parent.field !== 'update' || !code.goAtLeast('1.22');
  return isWritten(use) || (parent?.kind === 'unary_expression' && operatorOf(parent) === '&');
}
