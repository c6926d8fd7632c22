// Everything that a package does with a channel: a census of its sends, receives and closes, where all of them show.

import { targetsOf } from '../callgraph/call-graph.ts';
import { callSites, reachOf } from '../callgraph/call-sites.ts';
import { type Cell, writesTo } from '../callgraph/cells.ts';
import { type Located, newSearch } from '../callgraph/search.ts';
import { sourcesOf } from '../callgraph/sources.ts';
import { isConversion } from '../callgraph/targets.ts';
import type { Code } from '../model/code.ts';
import { mentionsIn, mentionsLeftOut } from '../model/mentions.ts';
import { importsOf } from '../syntax/imports.ts';
import {
  argumentsOf,
  child,
  enclosingFunction,
  type Node,
  nodesOf,
  operatorOf,
  textOf,
} from '../syntax/node.ts';

export interface ChannelUse extends Located {
  readonly kind: 'send' | 'receive' | 'close';
}

/** What the package does with the channels of one `make`. */
export interface Census {
  readonly uses: readonly ChannelUse[];
  /** Whether nothing but variables of functions has the channel. */
  readonly isLocal: boolean;
  /** Whether that is all that anybody does with them. It costs more to tell than to count. */
  isAll(): boolean;
}

/** The census of the channels of one `make`; undefined if it is clear at once that there may be more. */
export function censusOf(code: Code, make: Node): Census | undefined {
  const uses: ChannelUse[] = [];
  const words = new Set<string>();
  let isLost = false;
  const { cells, complete } = reachOf(code, make, (place) => {
    const name = child(place.code.root, 'name');
    if (name && place.code !== code) words.add(textOf(name));
    const kind = useAt(place.code, place.node);
    if (kind === 'send' || kind === 'receive' || kind === 'close') uses.push({ ...place, kind });
    if (kind === undefined && leadsNowhere(place)) isLost = true;
    return kind !== undefined;
  });
  if (!complete || isLost) return undefined;
  for (const cell of cells) if (cell.kind !== 'local') words.add(cell.name);
  const isAll = () => cells.every((cell) => isClosedWorld(code, cell)) && isWholePackage(code, words);
  return { uses, isLocal: cells.every((cell) => cell.kind === 'local'), isAll };
}

/**
 * Whether a channel is returned by a function that nobody calls, or given to a function value that nobody sets: code
 * that is not finished, or not used, says nothing of what will be done with it.
 */
function leadsNowhere({ code, node }: Located): boolean {
  const statement = node.parent?.kind === 'expression_list' ? node.parent.parent : undefined;
  if (statement?.kind === 'return_statement') {
    const fn = enclosingFunction(statement);
    return fn !== undefined && callSites(code, fn).sites.length === 0;
  }
  const call = node.parent?.kind === 'argument_list' ? node.parent.parent : undefined;
  if (!call || isConversion(code, call)) return false;
  const { functions, outside } = targetsOf(code, call);
  return functions.length === 0 && outside.length === 0;
}

/** What happens to a channel where it stands; undefined if it goes on from there. */
export function useAt(code: Code, at: Node): ChannelUse['kind'] | 'none' | undefined {
  const { parent } = at;
  switch (parent?.kind) {
    case 'send_statement':
      return at.field === 'channel' ? 'send' : undefined;
    case 'unary_expression':
      return operatorOf(parent) === '<-' ? 'receive' : undefined;
    case 'range_clause':
      return at.field === 'right' ? 'receive' : undefined;
    case 'argument_list':
      return parent.parent && useByCall(code.calleeName(parent.parent));
    default:
      return undefined;
  }
}

function useByCall(callee: string): ChannelUse['kind'] | 'none' | undefined {
  switch (callee) {
    case 'builtin.close':
      return 'close';
    case 'builtin.len':
    case 'builtin.cap':
    case 'os/signal.Stop':
      return 'none';
    case 'os/signal.Notify':
      return 'send';
    default:
      return undefined;
  }
}

/** Whether every place where a field stands is known to be one: no selector of its name is unresolved. */
function isClosedWorld(code: Code, cell: Cell): boolean {
  if (cell.kind !== 'field') return true;
  if (!writesTo(code, cell, newSearch()).complete) return false;
  return code
    .packageCode(cell.name)
    .every((other) =>
      nodesOf(other.root.tree, 'selector_expression').every(
        (at) =>
          textOf(child(at, 'field') ?? at) !== cell.name ||
          other.objectName(at) !== undefined ||
          other.memberOf(at) !== undefined,
      ),
    );
}

/**
 * Whether the files at hand are all that can name these fields, variables and functions: nothing that mentions them
 * is left out by the build target, unparsable, or C.
 */
function isWholePackage(
  { pkg, packageCode }: Pick<Code, 'pkg' | 'packageCode'>,
  words: ReadonlySet<string>,
): boolean {
  if (pkg.variantOf || pkg.files.some((file) => importsOf(file).some((spec) => spec.path === 'C')))
    return false;
  for (const word of words) {
    if (mentionsIn(pkg, word).length !== packageCode(word).length) return false;
    if (mentionsLeftOut(pkg, word).length > 0) return false;
  }
  return true;
}

/** The calls of `make` that an expression's channel can come from; undefined if it can come from elsewhere. */
export function makesOf(code: Code, channel: Node): readonly Located[] | undefined {
  const { values, outside, complete } = sourcesOf(code, channel);
  const isMake = ({ code: its, node }: Located): boolean =>
    node.kind === 'call_expression' && its.calleeName(node) === 'builtin.make';
  return complete && outside.length === 0 && values.every(isMake) ? values : undefined;
}

/** Whether a `make` of a channel gives it no room. */
export function isUnbuffered(code: Code, make: Node): boolean {
  const room = argumentsOf(make)[1];
  return room === undefined || code.constantOf(room) === 0n;
}
