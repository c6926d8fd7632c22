// What is known on the way through a flow: sets of atoms with truth values, as pairs of bit masks. Bit `i` stands
// for atom `i` of the flow.

import type { Node } from '../syntax/node.ts';
import {
  type Atom,
  type Fact,
  implied,
  type Literal,
  literalOf,
  literalOfFact,
  literalOfVariable,
} from './atoms.ts';
import { type Change, type Effects, effectsOf, isNone } from './effects.ts';
import type { Block, Flow } from './flow.ts';
import { reachableFrom } from './graph.ts';
import type { Name, Names, Vocabulary } from './terms.ts';

/** Atoms that are known to hold or not to hold; `values` has no bit that `known` has not. */
export interface Known {
  readonly known: bigint;
  readonly values: bigint;
}

const nothingKnown: Known = { known: 0n, values: 0n };

/** What an entry does to the knowledge: first it forgets, then it learns. */
export interface Transfer {
  readonly forget: bigint;
  readonly learn: Known;
}

/** What taking an edge teaches. `false`: it can never be taken. */
export type Lesson = Known | false;

export interface Knowledge {
  readonly vocabulary: Vocabulary;
  /** By block and entry; undefined if the entry does nothing to it. */
  readonly transfers: readonly (readonly (Transfer | undefined)[])[];
  /** By block and edge. */
  readonly lessons: readonly (readonly Lesson[])[];
  /** What is known at the start of each block whatever the path; undefined if no path leads there. */
  readonly before: readonly (Known | undefined)[];
  /** The atoms that matter from the start of each block on. */
  readonly live: readonly bigint[];
  /** Forgotten on every edge that goes back: another round of a loop may have changed them in ways not seen here. */
  readonly shared: bigint;
  /** What a literal teaches, with all that follows from it. */
  learnt(literal: Literal): Known;
}

/** More atoms than this are not tracked. */
const mostAtoms = 512;

interface Table {
  readonly atoms: Atom[];
  readonly byKey: Map<string, number>;
  readonly bySubject: Map<string, number[]>;
  readonly byVariable: Map<Name, bigint>;
  readonly byField: Map<string, bigint>;
  elements: bigint;
  shared: bigint;
  readonly learnt: Map<string, Known>;
}

interface Memo {
  readonly names: Names;
  readonly facts: readonly Fact[];
  readonly knowledge: Knowledge;
}

const memo = new WeakMap<Flow, Memo>();

/**
 * The knowledge of a flow, of what its conditions and `facts` are about. Memoised for the last `names`, whose answers
 * must not change.
 */
export function knowledgeOf(flow: Flow, names: Names, facts: readonly Fact[]): Knowledge {
  const last = memo.get(flow);
  const old = last?.names === names ? last : undefined;
  const more = facts.filter((f) => !old?.facts.some((o) => o.variable === f.variable && o.is === f.is));
  if (old && more.length === 0) return old.knowledge;
  const all = [...(old?.facts ?? []), ...more];
  const knowledge = makeKnowledge(flow, names, all);
  memo.set(flow, { names, facts: all, knowledge });
  return knowledge;
}

function makeKnowledge(flow: Flow, names: Names, facts: readonly Fact[]): Knowledge {
  const vocabulary: Vocabulary = { fn: flow.fn, names, ids: new Map() };
  const table: Table = {
    atoms: [],
    byKey: new Map(),
    bySubject: new Map(),
    byVariable: new Map(),
    byField: new Map(),
    elements: 0n,
    shared: 0n,
    learnt: new Map(),
  };
  const conditions = flow.blocks.map((block) =>
    block.edges.map((edge) => edge.condition && literalOf(vocabulary, edge.condition)),
  );
  for (const literals of conditions)
    for (const l of literals) if (typeof l === 'object') addAtom(table, l.atom);
  for (const fact of facts) addAtom(table, literalOfFact(vocabulary, fact).atom);
  const transfers =
    table.atoms.length === 0 ? flow.blocks.map(() => []) : transfersOf(flow, vocabulary, table);
  const lessons = conditions.map((literals) =>
    literals.map(
      (l): Lesson => (typeof l === 'object' ? learntFrom(table, l) : l === false ? false : nothingKnown),
    ),
  );
  const parts = { vocabulary, transfers, lessons, shared: table.shared };
  return {
    ...parts,
    before: alwaysKnown(flow, parts),
    live: liveAtoms(flow, parts),
    learnt: (literal) => learntFrom(table, literal),
  };
}

function addAtom(table: Table, atom: Atom): void {
  if (table.byKey.has(atom.key) || table.atoms.length >= mostAtoms) return;
  const index = table.atoms.length;
  const bit = 1n << BigInt(index);
  table.atoms.push(atom);
  table.byKey.set(atom.key, index);
  const group = table.bySubject.get(atom.subject);
  if (group) group.push(index);
  else table.bySubject.set(atom.subject, [index]);
  for (const v of atom.variables) table.byVariable.set(v, (table.byVariable.get(v) ?? 0n) | bit);
  for (const f of atom.fields) table.byField.set(f, (table.byField.get(f) ?? 0n) | bit);
  if (atom.elements) table.elements |= bit;
  if (atom.shared) table.shared |= bit;
}

function learntFrom(table: Table, { atom, outcome }: Literal): Known {
  const key = `${outcome}${atom.key}`;
  let result = table.learnt.get(key);
  if (!result) {
    result = computeLearnt(table, atom, outcome);
    table.learnt.set(key, result);
  }
  return result;
}

function computeLearnt(table: Table, atom: Atom, outcome: boolean): Known {
  const own = table.byKey.get(atom.key);
  let known = own === undefined ? 0n : 1n << BigInt(own);
  let values = outcome ? known : 0n;
  if (atom.subject === '') return { known, values };
  for (const index of table.bySubject.get(atom.subject) ?? []) {
    if (index === own) continue;
    const other = implied(atom, outcome, table.atoms[index] as Atom);
    if (other === undefined) continue;
    known |= 1n << BigInt(index);
    if (other) values |= 1n << BigInt(index);
  }
  return { known, values };
}

/** The atoms that a change makes unknown. */
function affected(table: Table, change: Change): bigint {
  let mask = (change.elements ? table.elements : 0n) | (change.pointees ? table.shared : 0n);
  for (const v of change.variables) mask |= table.byVariable.get(v) ?? 0n;
  for (const f of change.fields) mask |= table.byField.get(f) ?? 0n;
  return mask;
}

/** The atoms about the variables that a type switch declares in each clause, if the entry is its value. */
function aliases(table: Table, entry: Node | undefined): bigint {
  const parent = entry?.parent;
  if (parent?.kind !== 'type_switch_statement') return 0n;
  let mask = 0n;
  for (const [variable, bits] of table.byVariable) if (variable.declaredAt?.parent === parent) mask |= bits;
  return mask;
}

function transfersOf(flow: Flow, v: Vocabulary, table: Table): (Transfer | undefined)[][] {
  const effects = flow.blocks.map((block) => block.nodes.map((entry) => effectsOf(v, entry)));
  const late = lateChanges(flow, effects, table);
  return effects.map((entries, b) =>
    entries.map((e, i): Transfer | undefined => {
      const declared = aliases(table, flow.blocks[b]?.nodes[i]);
      const forget = declared | (e ? affected(table, e.now) : 0n) | (late?.[b]?.[i] ?? 0n);
      let { known, values } = nothingKnown;
      for (const { variable, constant, outcome } of e?.values ?? []) {
        const learn = learntFrom(table, literalOfVariable(v, variable, constant, outcome));
        known |= learn.known;
        values |= learn.values;
      }
      return forget === 0n && known === 0n ? undefined : { forget, learn: { known, values } };
    }),
  );
}

/** What closures and pointers made at earlier entries can change at each entry that runs other code. */
function lateChanges(
  flow: Flow,
  effects: readonly (readonly (Effects | undefined)[])[],
  table: Table,
): bigint[][] | undefined {
  let late: bigint[][] | undefined;
  const add = (block: Block, index: number, mask: bigint) => {
    late ??= effects.map((entries) => entries.map(() => 0n));
    const row = late[block.id] as bigint[];
    row[index] = (row[index] ?? 0n) | mask;
  };
  const addWhereCodeRuns = (block: Block, from: number, mask: bigint) => {
    effects[block.id]?.forEach((e, i) => {
      if (i >= from && e?.runsCode) add(block, i, mask);
    });
  };
  for (const block of flow.blocks) {
    effects[block.id]?.forEach((e, i) => {
      const mask = e && !isNone(e.later) ? affected(table, e.later) : 0n;
      if (mask === 0n) return;
      add(block, i, mask);
      addWhereCodeRuns(block, i + 1, mask);
      for (const next of reachableFrom(block)) addWhereCodeRuns(next, 0, mask);
    });
  }
  return late;
}

type Parts = Pick<Knowledge, 'transfers' | 'lessons' | 'shared'>;

/** The knowledge after an entry. */
export function afterEntry(k: Known, transfer: Transfer | undefined): Known {
  if (!transfer) return k;
  const known = k.known & ~transfer.forget & ~transfer.learn.known;
  return { known: known | transfer.learn.known, values: (k.values & known) | transfer.learn.values };
}

/** The knowledge after taking an edge; undefined if what is known rules the edge out. */
export function alongEdge(parts: Parts, k: Known, from: Block, edge: number): Known | undefined {
  const lesson = parts.lessons[from.id]?.[edge];
  const to = from.edges[edge]?.to;
  if (!lesson || !to) return undefined;
  if ((k.known & lesson.known & (k.values ^ lesson.values)) !== 0n) return undefined;
  const known = k.known | lesson.known;
  const values = k.values | lesson.values;
  if (to.id > from.id || parts.shared === 0n) return { known, values };
  return { known: known & ~parts.shared, values: values & ~parts.shared };
}

/** What is known at the start of each block on every path from the function's start. */
function alwaysKnown(flow: Flow, parts: Parts): (Known | undefined)[] {
  const before: (Known | undefined)[] = flow.blocks.map(() => undefined);
  before[flow.entry.id] = nothingKnown;
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of flow.blocks) {
      let after = before[block.id];
      if (!after) continue;
      for (const transfer of parts.transfers[block.id] ?? []) after = afterEntry(after, transfer);
      for (const [i, { to }] of block.edges.entries()) {
        const next = alongEdge(parts, after, block, i);
        const old = before[to.id];
        const both = next && old ? common(old, next) : next;
        if (!both || old?.known === both.known) continue;
        before[to.id] = both;
        changed = true;
      }
    }
  }
  return before;
}

function common(a: Known, b: Known): Known {
  const known = a.known & b.known & ~(a.values ^ b.values);
  return { known, values: a.values & known };
}

/** The atoms that some edge asks about before they are forgotten, by block. */
function liveAtoms(flow: Flow, parts: Parts): bigint[] {
  const live = flow.blocks.map(() => 0n);
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = flow.blocks.length - 1; i >= 0; i--) {
      const block = flow.blocks[i] as Block;
      let mask = 0n;
      block.edges.forEach(({ to }, e) => {
        const lesson = parts.lessons[i]?.[e];
        const beyond = (live[to.id] ?? 0n) & (to.id > i ? -1n : ~parts.shared);
        if (lesson) mask |= beyond | lesson.known;
      });
      const transfers = parts.transfers[i] ?? [];
      for (let n = transfers.length - 1; n >= 0; n--) {
        const transfer = transfers[n];
        if (transfer) mask &= ~transfer.forget & ~transfer.learn.known;
      }
      if (mask === live[i]) continue;
      live[i] = mask;
      changed = true;
    }
  }
  return live;
}
