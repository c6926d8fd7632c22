import type { FixBuilder } from '../edit/fix-builder.ts';
import { contextInScope } from '../knowledge/context-in-scope.ts';
import { isDetachedWork } from '../knowledge/detached-work.ts';
import { checkedCall } from '../knowledge/http-checked-call.ts';
import {
  clientsMadeIn,
  clientUses,
  defaultReferences,
  type EndlessRequest,
  endlessRequest,
  fieldClientAt,
  isPlainClient,
  senders,
} from '../knowledge/http-client.ts';
import { isReadAtOnce, isSentFromMemory } from '../knowledge/http-exchange.ts';
import { asLiteral, type Made } from '../knowledge/http-made.ts';
import { isToThisMachine, sourcesOf } from '../knowledge/http-origin.ts';
import { canLoseDefaults, sharedClient } from '../knowledge/http-shared-client.ts';
import { defaultClientBound } from '../knowledge/http-transport.ts';
import { isTestSupport } from '../knowledge/test-support.ts';
import type { Code } from '../model/code.ts';
import { argumentsOf, child, type Node, textOf, unparen } from '../syntax/node.ts';
import { type SourceFile, treeOf } from '../syntax/source-file.ts';
import { defineRule, type FixBody, type Report } from './rule.ts';

type Fixes = NonNullable<Parameters<Report<FixId>>[0]['fixes']>;
type FixId = 'set-timeout' | 'use-client-with-timeout' | 'request-with-context';

export default defineRule({
  id: 'http-client-without-timeout',
  since: '0.1.0',
  severity: 'warning',
  summary: 'An HTTP request can wait for ever, because neither its client nor its context has a time limit',
  why: `
    \`http.Get\`, \`http.DefaultClient\` and an \`http.Client\` without \`Timeout\` wait as long as the server likes: one
    that accepts the connection and never answers blocks the goroutine for good, with its connection and all that it
    holds. Under load such goroutines pile up until memory or file descriptors run out.

    \`Client.Timeout\` covers the whole exchange, reading the body included. Where bodies are streamed, give each request
    a context with a deadline, or the transport a \`ResponseHeaderTimeout\`. A request to this machine is a hint.`,
  silentWhen: [
    'every request that can be seen carries a context with a deadline, or one of its caller',
    'the `Timeout` is set later, anywhere in the package, or is written down as zero on purpose',
    'the transport has a `ResponseHeaderTimeout` or is not an `http.Transport`, so that it may have limits of its own',
    'no request of the client can be seen: it is handed to another package',
    'the code is part of a test, where `go test -timeout` ends what hangs: a test file, one that imports `testing` or `httptest`, or a folder of the module called `test`, `e2e`, `integration`, `testutil` or the like',
  ],
  peers: ['noctx'],
  fixes: {
    'set-timeout': { title: 'Give the client a Timeout', safety: 'safe' },
    'use-client-with-timeout': {
      title: 'Send the request with a client of the package that has a Timeout',
      safety: 'review',
    },
    'request-with-context': { title: 'Give the request the context that is in scope', safety: 'review' },
  },
  imports: ['net/http'],
  mentions: ['Client', 'Get(', 'Head(', 'Post(', 'PostForm(', 'http.Get', 'http.Head', 'http.Post', 'Do('],
  inTests: false,

  check(code, report) {
    if (isTestSupport(code)) return;
    const references = defaultReferences(code);
    if (references.length > 0 && defaultClientBound(code) === 'unbounded')
      for (const reference of references) checkDefault(code, reference, report);
    for (const made of clientsMadeIn(code)) {
      const request = endlessRequest(made.uses);
      if (request) reportMade(code, made, request, report);
    }
    checkFields(code, report);
  },
});

const effect = 'a server that does not answer blocks it for ever';

/** `http.Get(u)`, `fetch := http.Get`, `http.DefaultClient.Do(req)`, `client = http.DefaultClient` */
function checkDefault(code: Code, reference: Node, report: Report<FixId>): void {
  const object = code.objectName(reference)?.slice('net/http.'.length) ?? '';
  if (object === 'DefaultClient') return checkDefaultClient(code, reference, report);
  const call = callOf(reference);
  const [url] = call ? argumentsOf(call) : [];
  report({
    at: call ?? reference,
    message: `http.${object} has no time limit: ${effect}`,
    ...severityFor(url !== undefined && isToThisMachine(code, url)),
    fixes: call
      ? senderFixes(code, reference, call, object)
      : { 'use-client-with-timeout': (edit) => replaceBy(edit, code, reference, `.${object}`) },
  });
}

function checkDefaultClient(code: Code, reference: Node, report: Report<FixId>): void {
  const request = endlessRequest(clientUses(code, reference));
  if (!request) return;
  const selector = reference.parent;
  const isDirect = selector !== undefined && callOf(selector) === request.at;
  const method = selector && isDirect ? textOf(child(selector, 'field') ?? selector) : '';
  report({
    at: isDirect ? request.at : reference,
    message: `http.DefaultClient has no Timeout, and ${isDirect ? 'this request' : 'a request that it sends'} no deadline: ${effect}`,
    related: isDirect ? [] : [sent(request)],
    ...severityFor(request.isLoopback),
    fixes: senders.has(method)
      ? senderFixes(code, reference, request.at, method)
      : {
          'use-client-with-timeout': (edit) => replaceBy(edit, code, reference, ''),
          'request-with-context': method === 'Do' ? plainRequestFix(code, request.at) : undefined,
        },
  });
}

function severityFor(isToThisMachine: boolean): { severity?: 'hint' } {
  return isToThisMachine ? { severity: 'hint' } : {};
}

/** Puts the shared client, and what is selected of it, in the place of a reference. */
function replaceBy(edit: FixBuilder, code: Code, reference: Node, selected: string): void | false {
  const client = clientFor(edit, code, reference);
  return client !== undefined && edit.replace(reference, client + selected);
}

/** The name of a client of the package with a Timeout, which is declared if there is none. */
function clientFor(edit: FixBuilder, code: Code, reference: Node): string | undefined {
  const shared = sharedClient(code, reference);
  if (shared) return canLoseDefaults(code) ? shared : undefined;
  const home = firstFunction(code.file);
  if (!home) return undefined;
  const name = edit.freshName('httpClient', reference);
  const timeout = edit.duration(code.config.timeouts.client, home);
  const client = `&${edit.qualified('net/http', 'Client', home)}{Timeout: ${timeout}}`;
  edit.insertDeclarationBefore(home, `var ${name} = ${client}`);
  return name;
}

function firstFunction(file: SourceFile): Node | undefined {
  const declaration = file.declarations.find((d) => d.kind === 'func');
  return declaration && treeOf(declaration)?.root;
}

function sent(request: EndlessRequest): { at: Node; message: string } {
  return { at: request.at, message: 'this request has no deadline either' };
}

function reportMade(code: Code, made: Made, request: EndlessRequest, report: Report<FixId>): void {
  const isVisible = !made.uses.some((use) => use.kind === 'away');
  const fix = timeoutFix(code, made);
  report({
    at: made.at,
    message: `this http.Client has no Timeout, and a request that it sends has no deadline: ${effect}`,
    related: [sent(request)],
    confidence: isVisible ? 'proved' : 'likely',
    ...severityFor(request.isLoopback),
    fixes: {
      'set-timeout': isVisible && isLimitHarmless(code, made) ? fix : { safety: 'review', edit: fix },
    },
  });
}

/** Whether all requests of a plain client are seen to be over, body included, in the function that sends them. */
function isLimitHarmless(code: Code, made: Made): boolean {
  const isPlain = made.form !== 'literal' || isPlainClient(made.at);
  return (
    isPlain &&
    made.uses.every(
      (use) =>
        use.kind === 'call' &&
        use.code.root === code.root &&
        (senders.has(use.name) || use.name === 'Do') &&
        isSentFromMemory(use.code, use.call) &&
        isReadAtOnce(use.code, use.call),
    )
  );
}

function timeoutFix(code: Code, made: Made): FixBody {
  const { at, form } = made;
  return (edit) => {
    const limit = edit.duration(code.config.timeouts.client, at);
    const body = form === 'literal' ? child(at, 'body') : undefined;
    const literal = body ? undefined : asLiteral(made, `Timeout: ${limit}`);
    if (body) edit.addKeyedElement(body, 'Timeout', limit);
    else if (literal) edit.replace(literal.node, literal.text);
    else return false;
    return undefined;
  };
}

/** A struct field of type http.Client that nothing in the package ever gives a value. */
function checkFields(code: Code, report: Report<FixId>): void {
  const seen = new Set<string>();
  for (const call of code.calls) {
    const at = fieldClientAt(code, call);
    if (!at || seen.has(at.field) || at.uses.some((use) => use.kind === 'replaced' || use.kind === 'away'))
      continue;
    seen.add(at.field);
    const request = endlessRequest(at.uses, code);
    if (!request) continue;
    report({
      at: request.at,
      message: `nothing sets the Timeout of ${at.field}, and this request has no deadline: ${effect}`,
      ...severityFor(request.isLoopback),
    });
  }
}

/** The call whose function an expression is. */
function callOf(fn: Node): Node | undefined {
  let at = fn;
  while (at.parent?.kind === 'parenthesized_expression') at = at.parent;
  return at.field === 'function' && at.parent?.kind === 'call_expression' ? at.parent : undefined;
}

/** What a sender's request is made of: the arguments of NewRequestWithContext behind the context. */
function requestParts(
  call: Node,
  method: string,
  edit: FixBuilder,
): { readonly args: string; readonly contentType?: string | undefined } | undefined {
  const named = (name: string): string => edit.qualified('net/http', name, call);
  const [first] = argumentsOf(call);
  const [url, second, third] = argumentsOf(call).map((argument) => edit.source(argument));
  switch (method) {
    case 'Get':
    case 'Head':
      return first && { args: `${named(`Method${method}`)}, ${edit.source(first, 'dense')}, nil` };
    case 'Post':
      return third === undefined
        ? undefined
        : { args: `${named('MethodPost')}, ${url}, ${third}`, contentType: second };
    case 'PostForm': {
      const form = argumentsOf(call)[1];
      if (!form || form.kind === 'nil' || form.kind === 'unary_expression') return undefined;
      const reader = edit.qualified('strings', 'NewReader', call);
      return {
        args: `${named('MethodPost')}, ${url}, ${reader}(${second}.Encode())`,
        contentType: '"application/x-www-form-urlencoded"',
      };
    }
    default:
      return undefined;
  }
}

/** The fixes of a call that makes a request of its own, which gets a context if there is one to give. */
function senderFixes(code: Code, reference: Node, call: Node, method: string): Fixes {
  const context = contextFor(code, call);
  const checked = context && checkedCall(code, call);
  if (!context) {
    const isFunction = code.objectName(reference) !== 'net/http.DefaultClient';
    const selected = isFunction ? `.${method}` : '';
    return { 'use-client-with-timeout': (edit) => replaceBy(edit, code, reference, selected) };
  }
  if (!checked) return {};
  const send = (edit: FixBuilder, client: string): void | false => {
    const parts = requestParts(call, method, edit);
    if (!parts) return false;
    const { statement, check, error } = checked;
    const name = edit.freshName('req', statement);
    const make = edit.qualified('net/http', 'NewRequestWithContext', call);
    const { contentType } = parts;
    const header = contentType === undefined ? '' : `\n${name}.Header.Set("Content-Type", ${contentType})`;
    const first = `${name}, ${error} := ${make}(${context}, ${parts.args})\n${edit.source(check)}${header}`;
    edit.insertStatementBefore(statement, first);
    return edit.replace(call, `${client}.Do(${name})`);
  };
  return {
    'use-client-with-timeout': (edit) => {
      const client = clientFor(edit, code, reference);
      return client !== undefined && send(edit, client);
    },
    'request-with-context': (edit) => send(edit, edit.qualified('net/http', 'DefaultClient', call)),
  };
}

/** The context that a request can be given, unless it is meant to go on after that has ended. */
function contextFor(code: Code, call: Node): string | undefined {
  return isDetachedWork(code, call) ? undefined : contextInScope(code, call)?.text;
}

/** `http.NewRequest(…)` to `http.NewRequestWithContext(ctx, …)`, where the request of a `Do` is made. */
function plainRequestFix(code: Code, call: Node): FixBody | undefined {
  const [request] = argumentsOf(call);
  const binding = request && code.bindingOf(unparen(request));
  const [source, ...more] = (binding?.scope === 'local' && sourcesOf(code, binding)) || [];
  if (!source || more.length > 0 || code.calleeName(source) !== 'net/http.NewRequest') return undefined;
  const context = contextFor(code, source);
  const fn = child(source, 'function');
  const [first] = argumentsOf(source);
  if (!context || !fn || !first) return undefined;
  return (edit) => {
    edit.replace(fn, edit.qualified('net/http', 'NewRequestWithContext', source));
    edit.insertBefore(first, `${context}, `);
  };
}
