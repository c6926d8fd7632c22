import { isInLoop } from '../flow/graph.ts';
import { isSettledInTest, runsBeside, selectsBody } from '../knowledge/http-in-tests.ts';
import { isHead } from '../knowledge/http-method.ts';
import { closedBeforeCheck, promisesBody, readToEnd, responseDuty } from '../knowledge/http-response.ts';
import { type Duty, type Leak, type LeakingPath, obligationOf } from '../knowledge/obligation.ts';
import { leakingReturns, listedStatement, type Place, releasePlan } from '../knowledge/release-plan.ts';
import {
  comparisonWithNil,
  expectsFailure,
  leaves,
  type Success,
  successAfter,
} from '../knowledge/success.ts';
import { isTestSupport } from '../knowledge/test-support.ts';
import type { Code } from '../model/code.ts';
import { type Binding, isDeclaredBeside } from '../model/scope.ts';
import {
  calledOf,
  child,
  closest,
  contains,
  descendants,
  enclosingFunction,
  type Node,
  textOf,
} from '../syntax/node.ts';
import { targetOf } from '../syntax/roles.ts';
import { defineRule, type FixBody, type Report } from './rule.ts';

type FixId = 'defer-body-close' | 'close-body' | 'close-before-return' | 'defer-after-check';
type Fixes = NonNullable<Parameters<Report<FixId>>[0]['fixes']>;

export default defineRule({
  id: 'http-body-not-closed',
  since: '0.1.0',
  severity: 'warning',
  summary: 'The body of an HTTP response is not closed, or the response is used before its error is checked',
  why: `
    Until its body is closed or read to the end, a response keeps its connection, and with it two goroutines and a file
    descriptor. One more is left behind by each request, and no later request can reuse the connection. This holds for
    a response that nobody looks at as well: \`_, err := client.Get(u)\` leaves a body that nobody can close.

    Close the body on every path on which the error is nil, once the error has been checked: until then the response
    may be nil, and \`defer resp.Body.Close()\` panics.`,
  silentWhen: [
    'the response or its body is returned, stored, sent, captured or given to code that is not visible, which has the duty to close it then',
    'a function of the package that gets the response or its body closes it',
    'the path ends in a panic, in `os.Exit`, in `t.Fatal` or at the end of `main`',
    'the body is read to its end on the paths that do not close it',
    'the request is HEAD, also by way of a function of the package that is given the method',
    'a test expects the request to fail, reads the body, or speaks of `Close` in a comment',
    'a test shows that the reply is empty: the handlers that it serves write nothing, it expects 204 or 304, or it sends PUT, DELETE, PATCH or POST to a server out of sight and looks at nothing but a status that is no error',
    'a test calls `RoundTrip` of a transport of its own',
  ],
  peers: ['bodyclose', 'go vet httpresponse'],
  fixes: {
    'defer-body-close': { title: 'Close the response body when the function returns', safety: 'safe' },
    'close-body': { title: 'Close the response body here', safety: 'safe' },
    'close-before-return': { title: 'Close the response body before these returns', safety: 'review' },
    'defer-after-check': { title: 'Close the response body after the error check', safety: 'safe' },
  },
  imports: ['net/http'],
  mentions: ['Get(', 'Head(', 'Post(', 'PostForm(', 'Do(', 'RoundTrip(', '.StatusCode', '.Body'],
  mentionedByCallees: ['http.Response'],

  check(code, report) {
    for (const call of code.calls) {
      const duty = responseDuty(code, call);
      if (!duty || isHead(code, call) || (expectsFailure(duty) && isTestSupport(code))) continue;
      checkOrder(code, duty, report);
      checkDuty(code, duty, report);
    }
  },
});

const effect = 'unless the reply is empty, its connection stays open, with two goroutines that serve it';

const copyEffect =
  'io.Copy stops where writing fails, and then its connection stays open, with two goroutines that serve it';

function checkDuty(code: Code, duty: Duty, report: Report<FixId>): void {
  const call = duty.acquisition;
  const isSpawned = runsBeside(call);
  const obligation = isSpawned ? ({ kind: 'discarded', at: call } as const) : obligationOf(code, duty);
  if (obligation.kind !== 'discarded' && obligation.kind !== 'leaks') return;
  const isTest = isTestSupport(code);
  if (isTest && isSettledInTest(code, duty, obligation)) return;
  // What the server of a test replies, and whether there is one behind the transport, is seldom visible.
  const severity = isTest ? ({ severity: 'hint', confidence: 'likely' } as const) : {};
  if (obligation.kind === 'discarded') {
    const name = textOf(calledOf(call) ?? call);
    report({
      at: obligation.at,
      message: `the response of ${name} is discarded, so nobody closes its body: ${effect}`,
      ...severity,
      fixes: isSpawned || !promisesBody(code, call) ? {} : discardedFixes(code, duty),
    });
  } else {
    const variable = obligation.binding.name;
    const read = readToEnd(code, duty);
    if (read === 'always') return;
    const when = obligation.elsewhere === 'never' ? 'is never closed' : 'is not closed on every path';
    report({
      at: obligation.variable,
      message: `the body of ${variable} ${when}: ${read === 'no' ? effect : copyEffect}`,
      ...severity,
      related: obligation.paths
        .slice(0, 5)
        .map((path) => ({ at: path.end, message: endingOf(path, variable) })),
      fixes: hasBody(code, duty, obligation.binding) ? leakFixes(code, duty, obligation) : {},
    });
  }
}

/** Whether a `Close` can be added that does not panic, because the body of the response may be nil. */
function hasBody(code: Code, duty: Duty, response: Binding): boolean {
  return code.usesOf(response).some(selectsBody) || promisesBody(code, duty.acquisition);
}

function endingOf(path: LeakingPath, variable: string): string {
  if (path.how === 'overwritten')
    return `${variable} gets another response here, and the body of this one is still open`;
  if (path.how === 'repeated') return `the next turn of the loop comes here with the body still open`;
  return `the function ${path.end.kind === 'return_statement' ? 'returns' : 'ends'} here with the body still open`;
}

/** `defer resp.Body.Close()` where `err` may still be something, and `resp` nil. */
function checkOrder(code: Code, duty: Duty, report: Report<FixId>): void {
  const early = closedBeforeCheck(code, duty);
  if (!early) return;
  const { at, response, error } = early;
  report({
    at,
    message: `${response.name} is nil if ${textOf(error)} is not, which nothing rules out here: then this panics`,
    related: [{ at: duty.acquisition, message: `${textOf(error)} comes from here` }],
    severity: isTestSupport(code) ? 'hint' : 'error',
    fixes: { 'defer-after-check': moveBehindCheck(code, at, error) },
  });
}

function moveBehindCheck(code: Code, deferred: Node, error: Node): FixBody | undefined {
  const success = successAfter(code, deferred, error);
  if (!success) return undefined;
  return (edit) => {
    const text = `${edit.source(deferred)}${edit.comment(deferred)}`;
    edit.removeStatement(deferred);
    put(edit, success, text);
  };
}

type Edit = Parameters<FixBody>[0];

function put(edit: Edit, place: Success, text: string): void {
  if (place.kind === 'after') edit.insertStatementAfter(place.statement, text);
  else edit.insertFirst(place.block, text);
}

/** Where only a call stands for the check, it may be one that lets a failed request pass. */
function deferred(success: Success, edit: FixBody): Fixes['defer-body-close'] {
  return success.kind === 'after' && !success.isCertain ? { safety: 'review', edit } : edit;
}

/** Names the response and closes its body, at once or when the function returns. */
function discardedFixes(code: Code, duty: Duty): Fixes {
  const call = duty.acquisition;
  const statement = closest(call, 'short_var_declaration', 'assignment_statement', 'expression_statement');
  const fn = enclosingFunction(call);
  if (!statement || !fn || !contains(statement, call)) return {};
  const [blank, error] = [targetOf(call, duty.result), targetOf(call, duty.error ?? -1)];
  if (!error || textOf(error) === '_') {
    const isPlain = statement.parent?.kind === 'statement_list' && duty.result === 0 && duty.error === 1;
    return isPlain ? { 'close-body': closedIfThere(statement, call) } : {};
  }
  if (!blank) return {};
  if (statement.field === 'initializer')
    return statement.parent ? initializerFixes(code, statement.parent, blank, error) : {};
  if (statement.parent?.kind !== 'statement_list') return {};
  const name = (edit: Edit): string => {
    const response = edit.freshName('resp', statement);
    const operator = child(statement, 'operator');
    if (operator && error.kind === 'identifier' && isDeclaredBeside(code.bindingOf(error), statement))
      edit.replace(operator, ':=');
    else if (operator)
      edit.insertStatementBefore(
        statement,
        `var ${response} *${edit.qualified('net/http', 'Response', statement)}`,
      );
    edit.replace(blank, response);
    return response;
  };
  const success = successAfter(code, statement, error);
  if (success?.kind === 'after' && !isInLoop(code.flowOf(fn), call))
    return {
      'defer-body-close': deferred(success, (edit) => put(edit, success, `defer ${name(edit)}.Body.Close()`)),
    };
  return {
    'close-body': (edit) => {
      const close = `${name(edit)}.Body.Close()`;
      if (success?.kind === 'first' || (success?.kind === 'after' && success.isCertain))
        put(edit, success, close);
      else edit.insertStatementAfter(statement, `if ${textOf(error)} == nil {\n\t${close}\n}`);
    },
  };
}

/** `http.Get(u)` to `if resp, err := http.Get(u); err == nil { … }` */
function closedIfThere(statement: Node, call: Node): FixBody {
  return (edit) => {
    const [response, error] = [edit.freshName('resp', statement), edit.freshName('err', statement)];
    edit.replaceRange(statement, statement.start, call.start, `if ${response}, ${error} := `);
    edit.insertAfter(call, `; ${error} == nil {\n\t${response}.Body.Close()\n}`);
  };
}

/** `if _, err := http.Get(u); err != nil { … }` */
function initializerFixes(code: Code, check: Node, blank: Node, error: Node): Fixes {
  const [initializer, condition, block] = [
    child(check, 'initializer'),
    child(check, 'condition'),
    child(check, 'consequence'),
  ];
  const operator = comparisonWithNil(condition, error);
  const isListed = check.parent?.kind === 'statement_list';
  if (!initializer || !condition || !operator || !block || (operator === '!=' && child(check, 'alternative')))
    return {};
  const isNew = initializer.kind === 'short_var_declaration';
  if (!isNew && !isListed) return {};
  if (isNew && operator === '!=' && isListed && leaves(code, block) && canHoist(code, check, error)) {
    const inLoop = isInLoop(code.flowOf(enclosingFunction(check) as Node), initializer);
    const edit: FixBody = (e) => {
      const response = e.freshName('resp', check);
      e.replaceRange(check, check.start, blank.end, response);
      e.replaceRange(check, initializer.end, condition.start, '\nif ');
      e.insertStatementAfter(check, `${inLoop ? '' : 'defer '}${response}.Body.Close()`);
    };
    return inLoop ? { 'close-body': edit } : { 'defer-body-close': edit };
  }
  return {
    'close-body': (edit) => {
      const response = edit.freshName('resp', check);
      if (!isNew)
        edit.insertStatementBefore(
          check,
          `var ${response} *${edit.qualified('net/http', 'Response', check)}`,
        );
      edit.replace(blank, response);
      if (operator === '==') edit.insertFirst(block, `${response}.Body.Close()`);
      else edit.insertAfter(block, ` else {\n\t${response}.Body.Close()\n}`);
    },
  };
}

/** Whether the error of an `if` can be declared before it: nobody below means another variable of that name. */
function canHoist(code: Code, check: Node, error: Node): boolean {
  const siblings = check.parent?.children ?? [];
  const rest = siblings.slice(siblings.indexOf(check) + 1);
  const name = textOf(error);
  if (code.lookup(name, check))
    return (
      !rest.some((s) =>
        [...descendants(s)].some((node) => node.kind === 'identifier' && textOf(node) === name),
      ) && code.lookup(name, check)?.scope === 'local'
    );
  return rest.every((s) => {
    const left = s.kind === 'short_var_declaration' ? (child(s, 'left')?.children ?? []) : [];
    const others = left.filter(
      (target) => textOf(target) !== name && code.bindingOf(target)?.declaredAt === target,
    );
    return left.every((target) => textOf(target) !== name) || others.length > 0;
  });
}

function leakFixes(code: Code, duty: Duty, leak: Leak): Fixes {
  const call = duty.acquisition;
  const fn = enclosingFunction(call);
  const statement = closest(call, 'short_var_declaration', 'assignment_statement');
  const error = targetOf(call, duty.error ?? -1);
  if (!fn || !statement || !error || statement.parent?.kind !== 'statement_list') return {};
  const close = `${leak.binding.name}.Body.Close()`;
  const inLoop = isInLoop(code.flowOf(fn), call);
  const ends = leakingReturns(code, leak, (end) => readsBody(code, leak, end));
  const returns: FixBody | undefined =
    ends &&
    ((edit) => {
      for (const end of ends) edit.insertStatementBefore(end, close);
    });
  if (inLoop)
    return leak.elsewhere === 'never'
      ? { 'close-body': closeEachTurn(code, call, leak, close) }
      : { 'close-before-return': returns };
  const success = successAfter(code, statement, error);
  if (success?.kind !== 'after' || leak.elsewhere === 'handed-over')
    return { 'close-before-return': returns };
  if (leak.elsewhere === 'never')
    return { 'defer-body-close': deferred(success, (edit) => put(edit, success, `defer ${close}`)) };
  return {
    'defer-body-close': hoistedRelease(code, leak, success),
    'close-before-return': returns,
  };
}

/** The only `Close` of the body, which comes too late, becomes a `defer` behind the error check. */
function hoistedRelease(
  code: Code,
  leak: Leak,
  success: Success & { readonly kind: 'after' },
): Fixes['defer-body-close'] {
  const check = success.statement;
  const close = `${leak.binding.name}.Body.Close()`;
  const siblings = check.parent?.children ?? [];
  const rest = siblings.slice(siblings.indexOf(check) + 1);
  const releases = code.usesOf(leak.binding).flatMap((use) => {
    const statement = closest(use, 'defer_statement', 'expression_statement', 'assignment_statement');
    return statement && textOf(statement).replace(/^(?:defer|_ =) /, '') === close ? [statement] : [];
  });
  const [release, ...more] = releases;
  if (
    !release ||
    more.length > 0 ||
    !rest.includes(release) ||
    leak.paths.some((path) => path.how !== 'returned')
  )
    return undefined;
  const edit: FixBody = (e) => {
    const comment = e.comment(release);
    e.removeStatement(release);
    e.insertStatementAfter(check, `defer ${close}${comment}`);
  };
  const between = rest.slice(0, rest.indexOf(release));
  const isFirst = !between.some((s) => [...descendants(s)].some((node) => node.kind === 'defer_statement'));
  return release.kind === 'defer_statement' && isFirst && success.isCertain
    ? edit
    : { safety: 'review', edit };
}

/** Whether a statement may read from the body: it names more of the response than a field like its status. */
function readsBody(code: Code, leak: Leak, statement: Node): boolean {
  return code.usesOf(leak.binding).some((use) => {
    const field = use.parent?.kind === 'selector_expression' ? child(use.parent, 'field') : undefined;
    return contains(statement, use) && (!field || textOf(field) === 'Body');
  });
}

/** In a loop: right after the only statement that reads the body, or wherever a turn ends. */
function closeEachTurn(code: Code, call: Node, leak: Leak, close: string): Fixes['close-body'] {
  const statement = listedStatement(call);
  const error = statement && child(statement, 'left')?.children.at(-1);
  const success = error && successAfter(code, statement, error);
  if (success?.kind !== 'after' || leak.paths.some((path) => path.how === 'overwritten')) return undefined;
  const siblings = statement?.parent?.children ?? [];
  const rest = siblings.slice(siblings.indexOf(success.statement) + 1);
  const [reader, ...more] = rest.filter((s) => readsBody(code, leak, s));
  const plan = releasePlan(code, call, (end) => readsBody(code, leak, end));
  const ends =
    plan?.kind === 'each-turn'
      ? plan.places.filter((place) => !contains(success.statement, place.statement))
      : [];
  const isAtOnce = more.length === 0 && (!reader || readsToEnd(reader));
  const places: readonly Place[] = isAtOnce
    ? [{ side: 'after', statement: reader ?? success.statement }]
    : ends;
  if (places.length === 0) return undefined;
  return {
    safety: 'review',
    edit: (edit) => {
      for (const { side, statement: at } of places) {
        if (side === 'after') edit.insertStatementAfter(at, close);
        else edit.insertStatementBefore(at, close);
      }
    },
  };
}

/** `data, err := io.ReadAll(resp.Body)`, `_, err = io.Copy(w, resp.Body)` */
function readsToEnd(statement: Node): boolean {
  return /^(?:\w+, \w+ :?= )?(?:io|ioutil)\.(?:ReadAll|Copy)\([^()]*\)$/.test(textOf(statement));
}
