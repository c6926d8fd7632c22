import { cellOf, usesOfCell } from '../callgraph/cells.ts';
import { type Located, newSearch } from '../callgraph/search.ts';
import { defectsIn } from '../concurrency/defects.ts';
import { type ChannelUse, censusOf, isUnbuffered, makesOf, useAt } from '../knowledge/channel-census.ts';
import { isTestSupport } from '../knowledge/test-support.ts';
import type { Code } from '../model/code.ts';
import { child, enclosingFunction, type Node, nodesOf, operatorOf, textOf } from '../syntax/node.ts';
import { siteOf } from '../syntax/source-file.ts';
import { defineRule, type Report } from './rule.ts';

export default defineRule({
  id: 'one-sided-channel',
  since: '0.1.0',
  severity: 'error',
  summary: 'A channel that is only ever sent to, or only ever received from',
  why: `
    A channel needs two sides. Where the whole package has nothing that receives from a channel without room, the first
    send waits for ever; where nothing sends to it or closes it, every receive does. In a \`select\` it is a case that is
    never taken: a \`case <-s.quit\` that nobody serves looks like a way to stop and is none. Mostly the other side was
    forgotten, or went away in a change and left this one behind.

    The rule counts every use of the channel, through fields, variables, parameters and results, and says something only
    where no other code can have the channel.`,
  silentWhen: [
    'code that is not visible can reach the channel: it is in an exported field or variable, returned to another package, or given to one',
    'it is put into an interface, or its address is taken',
    'files for other targets mention it, or a file of the package uses cgo',
    'the explored behaviour already shows the defect, which another rule reports then',
    'a function makes a channel to wait for ever on purpose, and nobody else knows it, or it has another case to take',
    'the channel has room for what is sent, or each send is a case of a `select` that has others: what is lost may be meant to be',
    'the code is part of a test, or only tests make the channel',
  ],
  peers: [],
  fixes: {},
  imports: [],
  inTests: false,
  // A loop over a channel has one variable or none.
  mentions: ['<-', /\bfor\s+(?:\w+\s*:?=\s*)?range\b/],

  check(code, report) {
    if (isTestSupport(code)) return;
    for (const use of usesIn(code)) {
      const found = isAnswered(code, use) ? undefined : oneSidedAt(code, use);
      if (found && isFirst(use, found) && !isTold(found)) tell(use, found, report);
    }
  },
});

/** A channel with one side alone. */
interface OneSided {
  readonly makes: readonly Located[];
  /** All of its sends, or all of its receives. */
  readonly uses: readonly ChannelUse[];
  readonly isLocal: boolean;
}

/** The sends and receives of a declaration. Channels of a declared type can be given values by its methods. */
function usesIn(code: Code): readonly ChannelUse[] {
  const { tree } = code.root;
  const operands = [
    ...nodesOf(tree, 'send_statement').map((s) => child(s, 'channel')),
    ...nodesOf(tree, 'unary_expression')
      .filter((u) => operatorOf(u) === '<-')
      .map((u) => child(u, 'operand')),
    ...nodesOf(tree, 'range_clause').map((r) => child(r, 'right')),
  ];
  return operands.flatMap((node): ChannelUse[] => {
    if (!node) return [];
    const kind = useAt(code, node);
    const isSide = kind === 'send' || kind === 'receive';
    return isSide && code.typeOf(node).kind === 'chan' ? [{ kind, code, node }] : [];
  });
}

/** Whether the other side shows at once, in a use of the same variable or field. */
function isAnswered(code: Code, { kind, node }: ChannelUse): boolean {
  const cell = cellOf(code, node);
  return (
    !cell ||
    usesOfCell(code, cell, newSearch()).some(({ code: its, at }) =>
      isOtherSide(kind, useAt(its, at) ?? 'none'),
    )
  );
}

function isOtherSide(kind: ChannelUse['kind'], other: ChannelUse['kind'] | 'none'): boolean {
  return kind === 'send' ? other === 'receive' : other === 'send' || other === 'close';
}

function oneSidedAt(code: Code, use: ChannelUse): OneSided | undefined {
  const makes = makesOf(code, use.node);
  if (!makes || makes.length === 0 || makes.every((make) => isTestSupport(make.code))) return undefined;
  const uses = new Map<Node, ChannelUse>();
  let isLocal = true;
  for (const make of makes) {
    const census = censusOf(make.code, make.node);
    if (!census || census.uses.some((other) => isOtherSide(use.kind, other.kind))) return undefined;
    if (!census.isAll()) return undefined;
    if (!census.isLocal) isLocal = false;
    for (const own of census.uses) if (own.kind === use.kind) uses.set(own.node, own);
  }
  const found = { makes, uses: [...uses.values()], isLocal };
  return isOnPurpose(found) ? undefined : found;
}

/**
 * Whether that is meant, or does no harm: a function waits on a channel that nobody else has, or functions have
 * another case beside it; a channel has room for what nobody wants to know; a send is tried, and may fail.
 */
function isOnPurpose({ makes, uses, isLocal }: OneSided): boolean {
  const [make, ...more] = makes;
  const [use, ...others] = uses;
  if (use?.kind === 'send') return !makes.every((m) => isUnbuffered(m.code, m.node)) || !uses.some(isAlone);
  if (!uses.some(isAlone)) return isLocal;
  const isOwn = make && use && enclosingFunction(make.node) === enclosingFunction(use.node);
  return isOwn === true && more.length === 0 && others.length === 0;
}

/** The operations of a channel in order: those that wait before cases of a `select`, then as they stand. */
function isFirst(use: ChannelUse, { uses }: OneSided): boolean {
  const key = ({ code, node }: ChannelUse): readonly [number, string, number] => {
    const { path, start } = siteOf(code.file, node);
    return [isAlone({ kind: use.kind, code, node }) ? 0 : 1, path, start];
  };
  const own = key(use);
  return uses.every((other) => {
    const theirs = key(other);
    const i = own.findIndex((part, n) => part !== theirs[n]);
    return i < 0 || (own[i] as number | string) < (theirs[i] as number | string);
  });
}

/** Whether the exploration knows of the defect: it is reported with the steps that lead to it, or not worth telling. */
function isTold({ makes, uses }: OneSided): boolean {
  return uses.some(({ code, node }) =>
    defectsIn(code).some(
      ({ verdict }) => verdict.call.at === node.parent || makes.some((make) => make.node === verdict.madeAt),
    ),
  );
}

function tell(use: ChannelUse, { makes, uses }: OneSided, report: Report<never>): void {
  const others = uses.filter((other) => other.node !== use.node).slice(0, 4);
  report({
    at: operationOf(use),
    message: `${nobody(use)} anywhere in the package, so ${isAlone(use) ? 'this waits for ever' : 'this case is never taken'}`,
    ...(isAlone(use) ? {} : { severity: 'hint' }),
    related: [
      ...makes.slice(0, 4).map(({ node }) => ({ at: node, message: 'the channel is made here' })),
      ...others.map((other) => ({
        at: operationOf(other),
        message: use.kind === 'send' ? 'another send' : 'another receive',
      })),
    ],
  });
}

function nobody({ kind, node }: ChannelUse): string {
  const text = textOf(node);
  const channel = /^[\w.]{1,30}$/.test(text) ? text : 'the channel';
  return kind === 'send' ? `nothing receives from ${channel}` : `nothing sends to ${channel} or closes it`;
}

/** The send, the receive or the range clause. */
function operationOf({ node }: ChannelUse): Node {
  return node.parent ?? node;
}

/** The case of a `select` that an operation belongs to. */
function clauseOf(use: ChannelUse): Node | undefined {
  const operation = operationOf(use);
  const at = operation.parent?.kind === 'receive_statement' ? operation.parent : operation;
  return at.parent?.kind === 'communication_case' && at.field === 'communication' ? at.parent : undefined;
}

/** Whether nothing else can happen where the operation waits. */
function isAlone(use: ChannelUse): boolean {
  const select = clauseOf(use)?.parent;
  return !select || select.children.length === 1;
}
