// Where http.Servers are made, and whether they serve without a limit on the time that a header may take.

import type { Code } from '../model/code.ts';
import { argumentsOf, child, type Node, nodesOf, textOf } from '../syntax/node.ts';
import { isTarget } from './http-cell.ts';
import { fieldValue, isHttp, type Made, madeIn } from './http-made.ts';
import { isToThisMachine, leadingText, originsOf } from './http-origin.ts';
import { fieldOfReceiver, type Use, usesOfField } from './http-trace.ts';
import { isTestSupport } from './test-support.ts';

/** The methods that accept connections. */
export const serving: ReadonlySet<string> = new Set([
  'ListenAndServe',
  'ListenAndServeTLS',
  'Serve',
  'ServeTLS',
]);

const limits: ReadonlySet<string> = new Set(['ReadHeaderTimeout', 'ReadTimeout']);

const members = [...serving, ...limits];

/** Whom a server lets in, as far as can be seen. */
export type Reach = 'anyone' | 'this machine' | 'unix socket';

/** The servers that a declaration makes and that get neither a ReadHeaderTimeout nor a ReadTimeout. */
export function serversMadeIn(code: Code): readonly Made[] {
  const made = madeIn(code, 'Server', members, (literal) =>
    [...limits].every((name) => !fieldValue(literal, name)),
  );
  return made.filter(({ uses }) => !uses.some(isLimit));
}

function isLimit(use: Use): boolean {
  return use.kind === 'set' && (use.name === '*' || limits.has(use.name));
}

/** What becomes of the field of a struct that holds, by value, the server that a call makes serve. */
export function fieldServerAt(
  code: Code,
  call: Node,
): { readonly field: string; readonly uses: readonly Use[] } | undefined {
  const isServing = serving.has(code.calleeName(call).replace('net/http.Server.', ''));
  const at = isServing ? fieldOfReceiver(code, call, (type) => isHttp(type, 'Server')) : undefined;
  const uses = at && usesOfField(code, at, members);
  return at && uses && !uses.some(isLimit) ? { field: `${at.type}.${at.field}`, uses } : undefined;
}

/**
 * The use by which a server that is not seen to serve goes to where it surely does. Undefined if it goes to a test
 * server, or if the package sets limits of servers, so that it may set those of this one.
 */
export function handedOn(code: Code, uses: readonly Use[]): (Use & { kind: 'away' }) | undefined {
  const use = uses.find((u) => u.kind === 'away');
  if (use?.kind !== 'away' || isTestSupport(use.code) || !mayServe(use.to)) return undefined;
  return uses.every((u) => u.kind !== 'away' || mayServe(u.to)) && !setsLimits(code) ? use : undefined;
}

/** Not the standard library, which serves with a server only by its own methods, and not the settings of HTTP/2. */
function mayServe(to: string): boolean {
  const first = to.split(to.includes('/') ? '/' : '.')[0] ?? '';
  const isStd = to !== '' && first !== 'builtin' && !first.includes('.');
  return !isStd && !to.startsWith('golang.org/x/net/http2.');
}

function setsLimits(code: Code): boolean {
  return [...limits].some((name) =>
    code
      .packageCode(name)
      .some((other) =>
        nodesOf(other.root.tree, 'selector_expression').some(
          (node) => isTarget(node) && textOf(child(node, 'field') ?? node) === name,
        ),
      ),
  );
}

/** The use by which the server serves; undefined if none is seen. */
export function servingUse(uses: readonly Use[]): (Use & { kind: 'call' | 'member' }) | undefined {
  for (const use of uses) {
    if ((use.kind === 'call' || use.kind === 'member') && serving.has(use.name) && !isTestSupport(use.code))
      return use;
  }
  return undefined;
}

/** Whom an address such as `:8080` or `localhost:6060` lets in. */
export function reachOfAddress(code: Code, address: Node | undefined): Reach {
  return address && isToThisMachine(code, address) ? 'this machine' : 'anyone';
}

/** Whom a listener lets in, from the `net.Listen` that made it. */
export function reachOfListener(code: Code, listener: Node): Reach {
  const reaches = originsOf(code, listener).map((origin): Reach => {
    const name = origin.code.calleeName(origin.node);
    if (name === 'net.ListenUnix') return 'unix socket';
    if (name !== 'net.Listen' && name !== 'net.ListenConfig.Listen') return 'anyone';
    const [network, address] = argumentsOf(origin.node).slice(-2);
    if (network && leadingText(origin.code, network).startsWith('unix')) return 'unix socket';
    return reachOfAddress(origin.code, address);
  });
  const [first] = reaches;
  return first && reaches.every((reach) => reach === first) ? first : 'anyone';
}

/** Whom a made server lets in, by its Addr or by the listener that it serves. */
export function reachOf(code: Code, made: Made, use: Use & { kind: 'call' | 'member' }): Reach {
  if (use.kind === 'member') return 'anyone';
  const [listener] = argumentsOf(use.call);
  if (use.name.startsWith('Serve')) return listener ? reachOfListener(use.code, listener) : 'anyone';
  const set = made.uses.find((u) => u.kind === 'set' && u.name === 'Addr');
  if (set?.kind === 'set' && set.value) return reachOfAddress(set.code, set.value);
  return reachOfAddress(code, made.form === 'literal' ? fieldValue(made.at, 'Addr') : undefined);
}
