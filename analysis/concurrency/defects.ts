// What the explorations of a package find, by the declaration in which it is.

import type { Code } from '../model/code.ts';
import type { GoPackage } from '../model/package.ts';
import { holdsIn, type Recorded, readWord, record } from '../model/reads.ts';
import { enclosingFunction, type Node, type Tree } from '../syntax/node.ts';
import { type Declaration, declarationOf } from '../syntax/source-file.ts';
import { type Budget, explore, type Verdict } from './explore.ts';
import { programOf } from './program.ts';
import { rootCodes } from './roots.ts';
import { isCalledOnTheSpot } from './variables.ts';

/** Something that goes wrong at an operation. */
export interface Defect {
  readonly verdict: Verdict;
  /** The function that was explored, and its declaration. */
  readonly root: Node;
  readonly code: Code;
  /** Everything that can happen was seen. */
  readonly complete: boolean;
}

const remembered = new WeakMap<Declaration, Recorded<readonly Defect[]>>();
const byPackage = new WeakMap<GoPackage, ReadonlyMap<Tree, readonly Defect[]>>();

/** What the exploration of one function may cost while somebody types. */
export const budget: Budget = { states: 400, steps: 12_000 };

/** The defects whose operation is in this declaration, whichever function of the package they were found from. */
export function defectsIn(code: Code): readonly Defect[] {
  // Any edit can bring or take a defect; what an edit does not touch is not explored again.
  readWord('');
  let found = byPackage.get(code.pkg);
  if (!found) {
    found = defectsOf(code);
    byPackage.set(code.pkg, found);
  }
  return found.get(code.root.tree) ?? [];
}

function defectsOf(code: Code): ReadonlyMap<Tree, readonly Defect[]> {
  const found = new Map<Tree, Defect[]>();
  for (const root of rootCodes(code)) {
    for (const defect of defectsFrom(root)) {
      const { at } = defect.verdict.call;
      const known = found.get(at.tree) ?? [];
      found.set(at.tree, known);
      const same = known.findIndex((d) => d.verdict.call.at === at && d.verdict.kind === defect.verdict.kind);
      if (same < 0) known.push(defect);
      else if (isClearer(defect, known[same] as Defect)) known[same] = defect;
    }
  }
  return found;
}

/** Of several ways to one defect, the one that is told: proved before likely, then the shortest. */
function isClearer(a: Defect, b: Defect): boolean {
  return a.complete === b.complete ? a.verdict.witness.length < b.verdict.witness.length : a.complete;
}

function defectsFrom(root: Code): readonly Defect[] {
  const declaration = declarationOf(root.root);
  const known = remembered.get(declaration);
  if (known && holdsIn(known, root.pkg)) return known.value;
  const made = record(root.pkg, () => search(root));
  remembered.set(declaration, made);
  return made.value;
}

function search(root: Code): readonly Defect[] {
  const program = programOf(root);
  const defects: Defect[] = [];
  const seen = new Set<Node>();
  for (const fn of root.functions) {
    const outer = enclosingFunction(fn);
    // What is called where it stands was seen with the function around it, if that was seen to the end.
    if (outer && seen.has(outer) && isCalledOnTheSpot(fn)) {
      seen.add(fn);
      continue;
    }
    if (!program.isRelevant(fn)) continue;
    const { complete, verdicts } = explore(program, program.behaviourOf(fn), 2, budget);
    if (complete) seen.add(fn);
    for (const verdict of verdicts) defects.push({ verdict, root: fn, code: root, complete });
  }
  return defects;
}
