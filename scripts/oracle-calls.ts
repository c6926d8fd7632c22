// Compares what calls reach with a call graph that is made by variable type analysis of the whole program
// (golang.org/x/tools/go/callgraph/vta). It may say too much, but not too little.

import { basename } from 'node:path';
import { targetsOf } from '../analysis/callgraph/call-graph.ts';
import type { Source } from '../analysis/callgraph/sources.ts';
import type { Targets } from '../analysis/callgraph/targets.ts';
import type { Place } from './oracle-facts.ts';
import type { Comparison, Tally } from './oracle-report.ts';

const rows: Readonly<Record<string, string>> = {
  static: 'static callee',
  method: 'interface method',
  value: 'function value',
};

const columns = {
  same: 'same',
  /** The same functions, but we say that there may be others: `open` if there are some in other packages. */
  open: 'same, and others',
  cautious: 'same, not complete',
  larger: 'larger',
  smaller: 'smaller, not complete',
  nothing: 'nothing known',
  tests: 'complete but for tests',
  /** Complete but for what Go says of an element of a container, which is what others of the type have. */
  elements: 'complete but for other containers',
  wrong: 'WRONG',
};

/** Sets of functions of the call's own package. Those of other packages count only where we say there are none. */
export const calls: Comparison = {
  flags: ['-calls'],
  columns: Object.values(columns),
  rows: Object.values(rows),
  judge(place: Place): Tally | string {
    const { fact, found } = place;
    const row = rows[fact.kind];
    if (!row) return 'that no path leads to';
    if (fact.truth === 'cgo') return 'into a file that is rewritten by cgo';
    // The grammar reads `f[*T](x)` as a conversion.
    if (found?.node.kind !== 'call_expression' && found?.node.kind !== 'type_conversion_expression')
      return { row, column: columns.nothing, example: 'no call in the tree' };
    const targets = targetsOf(found.code, found.node);
    const ours = new Set(targets.functions.map(placeOf));
    const theirs = new Set(fact.truth.split(' ').filter((t) => t !== ''));
    const hasOthers = theirs.delete('+');
    const isElement = theirs.delete('~');
    const judged = columnOf(targets, ours, theirs, hasOthers, found.code.isTest);
    const column = judged === columns.wrong && isElement ? columns.elements : judged;
    const example = `ours ${[...ours, ...targets.outside].join(' ')}${targets.complete ? '' : ' ?'}  Go ${fact.truth}`;
    return { row, column, example };
  },
};

function columnOf(
  { complete, outside, functions }: Targets,
  ours: ReadonlySet<string>,
  theirs: ReadonlySet<string>,
  hasOthers: boolean,
  isTest: boolean,
): string {
  const missing = [...theirs].filter((t) => !ours.has(t));
  const missesOthers = hasOthers && outside.length === 0;
  if (complete && (missing.length > 0 || missesOthers)) {
    const areTests = !isTest && !missesOthers && missing.every((t) => /_test\.go:/.test(t));
    return areTests ? columns.tests : columns.wrong;
  }
  if (functions.length === 0 && outside.length === 0 && !complete && theirs.size > 0) return columns.nothing;
  if (missing.length > 0) return columns.smaller;
  if (ours.size > theirs.size) return columns.larger;
  if (complete) return columns.same;
  return hasOthers ? columns.open : columns.cautious;
}

/** `file.go:12`, with the offset of `func` in bytes, as the Go program has it. */
function placeOf({ code, node }: Source): string {
  const { file } = code;
  const i = file.declarations.findIndex((d) => d.text === node.tree.text && d.names.length > 0);
  const start = (file.starts[i] ?? 0) + node.start;
  return `${basename(file.path)}:${Buffer.byteLength(file.text.slice(0, start))}`;
}
