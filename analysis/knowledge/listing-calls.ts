// Calls whose results are as many as somebody else has: files of a directory, rows of a table, objects of a service.

import { writtenName } from '../model/calls.ts';
import type { Code } from '../model/code.ts';
import { type FunctionType, isNamed } from '../model/types.ts';
import { child, type Node, textOf } from '../syntax/node.ts';
import { isOfFew } from './few-or-many.ts';

const listings =
  /^(?:os\.(?:ReadDir|File\.Read[Dd]ir\w*)|path\/filepath\.Glob|io\/(?:ioutil\.ReadDir|fs\.(?:ReadDir|Glob))|os\.ReadFile|io\/ioutil\.ReadFile|io\.ReadAll|io\/ioutil\.ReadAll)$/;

/** Names of functions that list what there is, and can fail. */
const listingName =
  /^(?:List|Glob|Find|Search|Scan|Query|Select|Describe|Enumerate|Readdir|ReadDir|GetAll|FetchAll|LoadAll|All|Filter)(?![a-z])|List(?:All)?$/;

/** What a call lists, as messages name it: `os.ReadDir`; undefined if it is no such call. */
export function listingCall(code: Code, call: Node): string | undefined {
  const name = code.calleeName(call);
  const short = name === '' ? writtenName(call) : name.slice(name.lastIndexOf('/') + 1);
  if (listings.test(name)) return short;
  const [method = '', owner = ''] = short.split('.').reverse();
  const isBuilt = method === 'Do' && /List\w*Call$/.test(owner);
  if (!isBuilt && !listingName.test(method)) return undefined;
  const [, pkg = ''] = /([^./]+)\.[^/]*$/.exec(name) ?? [];
  const what = `${pkg} ${method} ${owner.replace(/(?:Client|Interface|Lister|Service|Store|Repository|API)$/, '')}`;
  return !isOfFew(what) && canFail(code, call) ? short : undefined;
}

/** Whether the last result of a call is an error; where its signature is not visible, by the name of what gets it. */
export function canFail(code: Code, call: Node): boolean {
  const callee = code.calleeOf(call);
  const signature = callee?.signature ?? signatureOfValue(code, call);
  const last = signature?.results.at(-1);
  if (signature) return last !== undefined && isNamed(last.type, '', 'error');
  if (callee?.declaration || code.typeOf(call).kind !== 'unknown') return false;
  const list = call.parent?.kind === 'expression_list' ? call.parent : undefined;
  const targets =
    list?.children.length === 1 && list.parent ? child(list.parent, 'left')?.children : undefined;
  const target = targets?.at(-1);
  return target !== undefined && /err/i.test(textOf(target));
}

/** The signature of a function value that is called. */
function signatureOfValue(code: Code, call: Node): FunctionType | undefined {
  const fn = child(call, 'function');
  const type = fn && code.underlyingOf(code.typeOf(fn));
  return type?.kind === 'func' ? type : undefined;
}
