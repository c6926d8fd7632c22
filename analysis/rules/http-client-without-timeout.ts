import type { FixBuilder } from '../edit/fix-builder.ts';
import type { Code } from '../model/code.ts';
import { contextInScope } from '../model/context-in-scope.ts';
import { checkedCall } from '../model/http-checked-call.ts';
import {
  clientsMadeIn,
  clientUses,
  defaultReferences,
  type EndlessRequest,
  endlessRequest,
  fieldClientAt,
  isPlainClient,
  isTestSupport,
  senders,
} from '../model/http-client.ts';
import { isReadAtOnce, isSentFromMemory } from '../model/http-exchange.ts';
import { asLiteral, type Made } from '../model/http-made.ts';
import { isLoopback, leadingText, sourcesOf } from '../model/http-request.ts';
import { canLoseDefaults, sharedClient } from '../model/http-shared-client.ts';
import { defaultClientBound } from '../model/http-transport.ts';
import { argumentsOf, child, type Node, textOf, unparen } from '../syntax/node.ts';
import { type SourceFile, treeOf } from '../syntax/source-file.ts';
import { defineRule, type FixBody, type Report } from './rule.ts';

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
    'the code is part of a test, where `go test -timeout` ends what hangs',
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

/** `http.Get(u)`, `http.DefaultClient.Do(req)`, `client = http.DefaultClient`, `fetch := http.Get` */
function checkDefault(code: Code, reference: Node, report: Report<FixId>): void {
  const object = code.objectName(reference)?.slice('net/http.'.length) ?? '';
  const replace: FixBody = (edit) => {
    const shared = sharedClient(code, reference);
    const home = firstFunction(code.file);
    if (shared ? !canLoseDefaults(code) : !home) return false;
    const name = shared ?? edit.freshName('httpClient', reference);
    if (!shared && home) {
      const client = `&${edit.qualified('net/http', 'Client', home)}{Timeout: ${edit.duration(code.config.timeouts.client, home)}}`;
      edit.insertDeclarationBefore(home, `var ${name} = ${client}`);
    }
    edit.replace(reference, object === 'DefaultClient' ? name : `${name}.${object}`);
    return undefined;
  };
  if (object !== 'DefaultClient') {
    const call = callOf(reference);
    const [url] = call ? argumentsOf(call) : [];
    report({
      at: call ?? reference,
      message: `http.${object} has no time limit: ${effect}`,
      ...(url && isLoopback(leadingText(code, url)) ? { severity: 'hint' as const } : {}),
      fixes: {
        'use-client-with-timeout': replace,
        'request-with-context': call && requestFix(code, call, object),
      },
    });
    return;
  }
  const request = endlessRequest(clientUses(code, reference));
  if (!request) return;
  const method = reference.parent && child(reference.parent, 'field');
  const isDirect = reference.parent !== undefined && callOf(reference.parent) === request.at;
  report({
    at: isDirect ? request.at : reference,
    message: `http.DefaultClient has no Timeout, and ${isDirect ? 'this request' : 'a request that it sends'} no deadline: ${effect}`,
    related: isDirect ? [] : [sent(request)],
    ...(request.isLoopback ? { severity: 'hint' as const } : {}),
    fixes: {
      'use-client-with-timeout': replace,
      'request-with-context': isDirect
        ? requestFix(code, request.at, method ? textOf(method) : '')
        : undefined,
    },
  });
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
    ...(request.isLoopback ? { severity: 'hint' as const } : {}),
    fixes: {
      'set-timeout':
        isVisible && isLimitHarmless(code, made) ? fix : { safety: 'review', edit: fix },
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
      ...(request.isLoopback ? { severity: 'hint' as const } : {}),
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
  const http = edit.importName('net/http', call);
  const [url, second, third] = argumentsOf(call).map(edit.source);
  switch (method) {
    case 'Get':
    case 'Head':
      return { args: `${http}.Method${method}, ${url}, nil` };
    case 'Post':
      return third === undefined
        ? undefined
        : { args: `${http}.MethodPost, ${url}, ${third}`, contentType: second };
    case 'PostForm': {
      const form = argumentsOf(call)[1];
      if (!form || form.kind === 'nil' || form.kind === 'unary_expression') return undefined;
      const reader = edit.qualified('strings', 'NewReader', call);
      return {
        args: `${http}.MethodPost, ${url}, ${reader}(${second}.Encode())`,
        contentType: '"application/x-www-form-urlencoded"',
      };
    }
    default:
      return undefined;
  }
}

function requestFix(code: Code, call: Node, method: string): FixBody | undefined {
  const context = contextInScope(code, call);
  if (!context) return undefined;
  if (method === 'Do') return plainRequestFix(code, call);
  const checked = checkedCall(code, call);
  return (
    checked &&
    ((edit) => {
      const parts = requestParts(call, method, edit);
      if (!parts) return false;
      const request = edit.freshName('req', checked.statement);
      const http = edit.importName('net/http', call);
      const header =
        parts.contentType === undefined
          ? ''
          : `\n${request}.Header.Set("Content-Type", ${parts.contentType})`;
      const make = `${request}, ${checked.error} := ${http}.NewRequestWithContext(${context.text}, ${parts.args})`;
      edit.insertStatementBefore(checked.statement, `${make}\n${edit.source(checked.check)}${header}`);
      edit.replace(call, `${http}.DefaultClient.Do(${request})`);
      return undefined;
    })
  );
}

/** `http.NewRequest(…)` to `http.NewRequestWithContext(ctx, …)`, where the request of a `Do` is made. */
function plainRequestFix(code: Code, call: Node): FixBody | undefined {
  const [request] = argumentsOf(call);
  const binding = request && code.bindingOf(unparen(request));
  const [source, ...more] = (binding?.scope === 'local' && sourcesOf(code, binding)) || [];
  if (!source || more.length > 0 || code.calleeName(source) !== 'net/http.NewRequest') return undefined;
  const context = contextInScope(code, source);
  const fn = child(source, 'function');
  const [first] = argumentsOf(source);
  if (!context || !fn || !first) return undefined;
  return (edit) => {
    edit.replace(fn, `${edit.importName('net/http', source)}.NewRequestWithContext`);
    edit.insertBefore(first, `${context.text}, `);
  };
}
