// What the explorations of a package find, by the declaration in which it is.

import type { Code } from '../model/code.ts';
import type { Mention } from '../model/mentions.ts';
import type { GoPackage } from '../model/package.ts';
import { apart, holdsDespite, holdsIn, type Recorded, readAnswer, readBody, record } from '../model/reads.ts';
import { enclosingFunction, type Node } from '../syntax/node.ts';
import { roleOf } from '../syntax/roles.ts';
import { type Declaration, declarationOf } from '../syntax/source-file.ts';
import { calleesFirst, nameOf } from './call-order.ts';
import { type Budget, type Exploration, explore, type Verdict } from './explore.ts';
import { programOf } from './program.ts';
import { rootsOf } from './roots.ts';
import { versionMemory } from './versions.ts';

/** Something that goes wrong at an operation. */
export interface Defect {
  readonly verdict: Verdict;
  /** The function that was explored, and its declaration. */
  readonly root: Node;
  readonly code: Code;
  /** Everything that can happen was seen. */
  readonly complete: boolean;
}

/** How many functions were explored, by how that ended. */
export interface Explorations {
  /** Everything that can happen was seen. */
  readonly complete: number;
  /** Something on the way is not followed, so that everything may happen after it. */
  readonly cut: number;
  /** The budget did not suffice. */
  readonly spent: number;
}

export const noExplorations: Explorations = { complete: 0, cut: 0, spent: 0 };

export function sumOfExplorations(a: Explorations, b: Explorations): Explorations {
  return { complete: a.complete + b.complete, cut: a.cut + b.cut, spent: a.spent + b.spent };
}

/** What the exploration of the functions of one declaration came to. */
export interface Searched {
  readonly defects: readonly Defect[];
  readonly explorations: Explorations;
  /** The budget did not suffice for the function that is declared. */
  readonly isTooMuch: boolean;
  /** The functions that were left out, by their place among those of the declaration. */
  readonly left: readonly number[];
}

/** By the declaration that was explored. */
export type Searches = ReadonlyMap<Declaration, Recorded<Searched>>;

/** What the explorations of a package have come to. */
interface Found {
  readonly byDeclaration: ReadonlyMap<Declaration, readonly Defect[]>;
  readonly byRoot: Searches;
}

const remembered = new WeakMap<Declaration, Recorded<Searched>>();
const byPackage = new WeakMap<GoPackage, Found>();
/** Of functions in which nothing was found: what is found has its place in one version only. */
const versions = versionMemory<Searched>();

/** What the exploration of one function may cost while somebody types. */
export const budget: Budget = { states: 400, steps: 4_000 };

/** What explorations of a package start from. */
export type PackageView = Pick<Code, 'pkg' | 'codeAt'>;

/** The defects whose operation is in this declaration, whichever function of the package they were found from. */
export function defectsIn(code: Code): readonly Defect[] {
  return defectsOf(declarationOf(code.root), code);
}

/** Likewise, for a declaration that need not be parsed. */
export function defectsOf(declaration: Declaration, view: PackageView): readonly Defect[] {
  const parts = foundIn(view).byDeclaration.get(declaration) ?? [];
  // Any edit can bring or take a defect; what an edit does not touch is not explored again.
  readAnswer({
    parts,
    again: (pkg) => {
      const found = byPackage.get(pkg);
      return found && (found.byDeclaration.get(declaration) ?? []);
    },
  });
  return parts;
}

/** How the explorations ended on which the defects of a package rest; none if nobody has asked for defects. */
export function explorationsOf(pkg: GoPackage): Explorations {
  return pkg.files
    .flatMap((file) => file.declarations)
    .map((declaration) => {
      const known = remembered.get(declaration);
      return known && holds(known, declaration, pkg) ? known.value.explorations : noExplorations;
    })
    .reduce(sumOfExplorations, noExplorations);
}

/** Everything that was explored in a package, by the declaration that it started from. */
export function searchesOf(view: PackageView): Searches {
  return foundIn(view).byRoot;
}

function foundIn(view: PackageView): Found {
  let found = byPackage.get(view.pkg);
  if (!found) {
    found = apart(() => searchAll(view));
    byPackage.set(view.pkg, found);
  }
  return found;
}

function searchAll(view: PackageView): Found {
  const byDeclaration = new Map<Declaration, Defect[]>();
  const roots = rootsOf(view.pkg);
  const byRoot = searchedFrom(view, roots);
  for (const { declaration } of roots) {
    for (const defect of byRoot.get(declaration)?.value.defects ?? []) {
      const { at } = defect.verdict.call;
      const its = declarationOf(at);
      const known = byDeclaration.get(its) ?? [];
      byDeclaration.set(its, known);
      const same = known.findIndex((d) => d.verdict.call.at === at && d.verdict.kind === defect.verdict.kind);
      if (same < 0) known.push(defect);
      else if (isClearer(defect, known[same] as Defect)) known[same] = defect;
    }
  }
  return { byDeclaration, byRoot };
}

/** Of several ways to one defect, the one that is told: proved before likely, then the shortest. */
function isClearer(a: Defect, b: Defect): boolean {
  return a.complete === b.complete ? a.verdict.witness.length < b.verdict.witness.length : a.complete;
}

/** A function that calls one for which the budget did not suffice is left out: with what it does, it is more. */
function searchedFrom(view: PackageView, roots: readonly Mention[]): Searches {
  const searched = new Map<Declaration, Recorded<Searched>>();
  for (const { root, callees } of calleesFirst(view, roots)) {
    const left = callees.flatMap((called, i) =>
      called.some((declaration) => searched.get(declaration)?.value.isTooMuch) ? [i] : [],
    );
    searched.set(root.declaration, searchedIn(root, left, view));
  }
  return searched;
}

function searchedIn(root: Mention, left: readonly number[], view: PackageView): Recorded<Searched> {
  const { declaration } = root;
  const { pkg } = view;
  const isWanted = (value: Searched): boolean => value.left.join() === left.join();
  const known = remembered.get(declaration);
  if (known && isWanted(known.value) && holds(known, declaration, pkg)) return known;
  if (pkg.trialOf) return searchedAnew(root, left, view);
  const name = declaration.kind === 'func' ? nameOf(view, root) : undefined;
  const alike = name && versions.recall(view, name, isWanted);
  const made = alike || searchedAnew(root, left, view);
  if (name && !alike && made.value.defects.length === 0) versions.keep(view, name, made);
  remembered.set(declaration, made);
  return made;
}

function searchedAnew(
  root: Mention,
  left: readonly number[],
  { pkg, codeAt }: PackageView,
): Recorded<Searched> {
  return record(pkg, () => {
    readBody(root.declaration);
    const code = codeAt(root);
    return code ? search(code, left) : { defects: [], explorations: noExplorations, isTooMuch: false, left };
  });
}

function holds(known: Recorded<unknown>, own: Declaration, pkg: GoPackage): boolean {
  return holdsIn(known, pkg) || holdsDespite(known, own, pkg);
}

function search(root: Code, left: readonly number[]): Searched {
  const program = programOf(root);
  const defects: Defect[] = [];
  const ended = { complete: 0, cut: 0, spent: 0 };
  const seen = new Set<Node>();
  let isTooMuch = false;
  for (const [i, fn] of root.functions.entries()) {
    const outer = enclosingFunction(fn);
    // What is called where it stands was seen with the function around it, if that was seen to the end.
    if (outer && seen.has(outer) && roleOf(fn) !== 'value') {
      seen.add(fn);
      continue;
    }
    if (!program.isRelevant(fn)) continue;
    const { complete, spent, verdicts } = left.includes(i)
      ? leftOut
      : explore(program, program.behaviourOf(fn), { usual: 2 }, budget);
    if (spent && fn === root.root) isTooMuch = true;
    ended[complete ? 'complete' : spent ? 'spent' : 'cut']++;
    if (complete) seen.add(fn);
    for (const verdict of verdicts) defects.push({ verdict, root: fn, code: root, complete });
  }
  return { defects, explorations: ended, isTooMuch, left };
}

const leftOut: Exploration = { verdicts: [], states: 0, complete: false, spent: true };
