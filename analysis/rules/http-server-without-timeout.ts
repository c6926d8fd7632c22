import { asLiteral, type Made } from '../knowledge/http-made.ts';
import {
  fieldServerAt,
  handedOn,
  type Reach,
  reachOf,
  reachOfAddress,
  reachOfListener,
  serversMadeIn,
  serving,
  servingUse,
} from '../knowledge/http-server.ts';
import { isTestSupport } from '../knowledge/test-support.ts';
import type { Code } from '../model/code.ts';
import { argumentsOf, child, descendants, type Node, nodesOf, operatorOf, textOf } from '../syntax/node.ts';
import { defineRule, type FixBody, type Report } from './rule.ts';

type FixId = 'set-read-header-timeout';

export default defineRule({
  id: 'http-server-without-timeout',
  since: '0.1.0',
  severity: 'warning',
  summary: 'An HTTP server lets clients take as long as they like to send a request header',
  why: `
    \`http.ListenAndServe\`, \`http.Serve\` and an \`http.Server\` without \`ReadHeaderTimeout\` and \`ReadTimeout\` keep a
    goroutine and a file descriptor for every connection that sends its header slowly or not at all. A few thousand idle
    connections, from one machine, are enough to stop the server (the "slowloris" attack), and clients that lose their
    network do it without meaning to.

    \`ReadHeaderTimeout\` limits the header alone: uploads, downloads and streams go on for as long as they like.`,
  silentWhen: [
    '`ReadHeaderTimeout` or `ReadTimeout` is set later, anywhere in the package, or is written down as zero on purpose',
    'the server neither serves nor is handed on',
    'it serves on a Unix socket',
    'the code is part of a test: a test file, one that imports `testing` or `httptest`, or a folder of the module called `test`, `e2e`, `integration`, `testutil` or the like',
  ],
  peers: ['gosec G112', 'gosec G114'],
  fixes: {
    'set-read-header-timeout': { title: 'Limit the time for reading request headers', safety: 'safe' },
  },
  imports: ['net/http'],
  mentions: ['Serve', 'Server'],
  inTests: false,

  check(code, report) {
    if (isTestSupport(code)) return;
    for (const node of nodesOf(code.root.tree, 'selector_expression', 'identifier'))
      checkFunction(code, node, report);
    for (const made of serversMadeIn(code)) checkServer(code, made, report);
    for (const call of code.calls) checkField(code, call, report);
  },
});

const effect = 'a client that sends its header slowly keeps its goroutine and connection for ever';

/** `http.ListenAndServe(addr, h)` and its like. */
function checkFunction(code: Code, node: Node, report: Report<FixId>): void {
  const name = textOf(node.kind === 'identifier' ? node : (child(node, 'field') ?? node));
  if (!serving.has(name) || code.objectName(node) !== `net/http.${name}`) return;
  const call = node.field === 'function' && node.parent?.kind === 'call_expression' ? node.parent : undefined;
  const [first] = call ? argumentsOf(call) : [];
  const reach = !first
    ? 'anyone'
    : name.startsWith('Listen')
      ? reachOfAddress(code, first)
      : reachOfListener(code, first);
  if (reach === 'unix socket') return;
  report({
    at: call ?? node,
    message: `http.${name} serves without a ReadHeaderTimeout: ${effect}`,
    ...severityFor(reach),
    fixes: { 'set-read-header-timeout': call && functionFix(code, call, name) },
  });
}

function severityFor(reach: Reach): { severity?: 'hint' } {
  return reach === 'this machine' ? { severity: 'hint' } : {};
}

function checkServer(code: Code, made: Made, report: Report<FixId>): void {
  const use = servingUse(made.uses);
  const handed = use ? undefined : handedOn(code, made.uses);
  const at = use?.kind === 'call' ? use.call : (use ?? handed)?.node;
  const reach = use ? reachOf(code, made, use) : 'anyone';
  if (!at || reach === 'unix socket') return;
  report({
    at: made.at,
    message: `this http.Server has neither a ReadHeaderTimeout nor a ReadTimeout: ${effect}`,
    related: [{ at, message: use ? 'it serves here' : 'it is handed on here' }],
    confidence: made.uses.some((u) => u.kind === 'away') ? 'likely' : 'proved',
    ...severityFor(reach),
    fixes: { 'set-read-header-timeout': serverFix(code, made) },
  });
}

/** A struct field of type http.Server that nothing in the package ever gives a value. */
function checkField(code: Code, call: Node, report: Report<FixId>): void {
  const at = fieldServerAt(code, call);
  if (!at || at.uses.some((use) => use.kind === 'replaced' || use.kind === 'away')) return;
  report({
    at: call,
    message: `nothing sets the ReadHeaderTimeout or ReadTimeout of ${at.field}: ${effect}`,
  });
}

/** The arguments of a serving function, by the place that they have in a server and in its method. */
function partsOf(
  name: string,
  args: readonly Node[],
): { address: Node | undefined; handler: Node; rest: readonly Node[] } | undefined {
  const [first, second, third, fourth] = args;
  if (!first || !second) return undefined;
  switch (name) {
    case 'ListenAndServe':
      return { address: first, handler: second, rest: [] };
    case 'ListenAndServeTLS':
      return third && fourth && { address: first, handler: fourth, rest: [second, third] };
    case 'Serve':
      return { address: undefined, handler: second, rest: [first] };
    case 'ServeTLS':
      return third && fourth && { address: undefined, handler: second, rest: [first, third, fourth] };
    default:
      return undefined;
  }
}

/** `http.ListenAndServe(addr, h)` to `(&http.Server{Addr: addr, Handler: h, …}).ListenAndServe()` */
function functionFix(code: Code, call: Node, name: string): ReturnType<typeof reviewed> {
  const parts = partsOf(name, argumentsOf(call));
  if (!parts || hasComments(call)) return undefined;
  const edit: FixBody = (edit) => {
    const fields = [
      ...(parts.address ? [`Addr: ${spaced(edit.source(parts.address), parts.address)}`] : []),
      ...(parts.handler.kind === 'nil' ? [] : [`Handler: ${edit.source(parts.handler)}`]),
      `ReadHeaderTimeout: ${edit.duration(code.config.timeouts.readHeader, call)}`,
    ];
    const server = `${edit.qualified('net/http', 'Server', call)}{${fields.join(', ')}}`;
    edit.replace(call, `(&${server}).${name}(${parts.rest.map((node) => edit.source(node)).join(', ')})`);
  };
  // The handler is made before the other arguments now.
  return reviewed(edit, canHaveEffects(parts.handler) && parts.rest.some(canHaveEffects));
}

function reviewed(
  edit: FixBody,
  needsReview: boolean,
): FixBody | { readonly safety: 'review'; readonly edit: FixBody } | undefined {
  return needsReview ? { safety: 'review', edit } : edit;
}

function canHaveEffects(expression: Node): boolean {
  return [...descendants(expression)].some(
    (n) => n.kind === 'call_expression' || n.kind === 'unary_expression',
  );
}

/** Whether something stands between the arguments that would be lost. */
function hasComments(call: Node): boolean {
  const list = child(call, 'arguments');
  if (!list) return true;
  let rest = '';
  let at = list.start;
  for (const argument of list.children) {
    rest += call.tree.text.slice(at, argument.start);
    at = argument.end;
  }
  return /\/[/*]/.test(rest + call.tree.text.slice(at, list.end));
}

function serverFix(code: Code, made: Made): FixBody {
  const { at, form } = made;
  return (edit) => {
    const limit = edit.duration(code.config.timeouts.readHeader, at);
    const body = form === 'literal' ? child(at, 'body') : undefined;
    const literal = body ? undefined : asLiteral(made, `ReadHeaderTimeout: ${limit}`);
    if (body) edit.addKeyedElement(body, 'ReadHeaderTimeout', limit);
    else if (literal) edit.replace(literal.node, literal.text);
    else return false;
    return undefined;
  };
}

/** gofmt writes `":"+port` among the arguments of a call, and `":" + port` in a literal. */
function spaced(source: string, expression: Node): string {
  const operands: string[] = [];
  let at = expression;
  while (at.kind === 'binary_expression' && operatorOf(at) === '+') {
    const [left, right] = [child(at, 'left'), child(at, 'right')];
    if (!left || !right || right.kind === 'binary_expression') return source;
    operands.unshift(textOf(right));
    at = left;
  }
  const isPlain = at.kind !== 'binary_expression' && !source.includes('\n');
  return isPlain ? [textOf(at), ...operands].join(' + ') : source;
}
