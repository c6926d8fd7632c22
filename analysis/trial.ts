// Tries a fix out before it is offered: the package as the fix would leave it is analysed by all rules. What it takes
// is the repeated checks and explorations of what the fix touches; everything else is what it was.

import { type Checked, type Context, checked, type Reported } from './check.ts';
import { compare } from './concurrency/compare.ts';
import { type Defect, defectsIn, type Searched, searchesOf } from './concurrency/defects.ts';
import type { Edit, Safety } from './finding.ts';
import { type Code, codeOf } from './model/code.ts';
import { trialOf } from './model/package.ts';
import { worldOf } from './model/package-index.ts';
import { mayDiffer, type Reads, type Recorded, record } from './model/reads.ts';
import { rulesFor, rulesForFile } from './relevance.ts';
import type { Rule } from './rules/rule.ts';
import { enclosingFunction, type Node } from './syntax/node.ts';
import { type Declaration, declarationOf, type SourceFile } from './syntax/source-file.ts';
import { type Places, placesOf, textsWith } from './trial-places.ts';

/** A fix that is to be tried out. */
export interface Proposal {
  readonly rule: Rule;
  readonly reported: Reported;
  readonly edits: readonly Edit[];
  /** What the fix is if it does what it should, and nobody can tell the difference. */
  readonly safety: Safety;
}

/** What a trial has come to. */
export interface Outcome {
  readonly safety: Safety;
  /** The declarations that it has looked at again, by file and position. */
  readonly touched: readonly string[];
}

/** What a trial has come to, and what it depends on. */
export interface Trial {
  /** Undefined if the fix does not repair, or brings something new. */
  readonly outcome: Outcome | undefined;
  readonly before: Context;
  readonly after: Context;
  /** The declarations that the fix edits. */
  readonly edited: ReadonlySet<Declaration>;
  /** What was checked again, before and after. */
  readonly checks: readonly Check[];
  /** What was explored again, before and after, by the declaration that it started from. */
  readonly searches: readonly Search[];
  /** What was read to compare the two versions. */
  readonly compared: Reads;
}

/** What a rule said of a declaration of one of the two versions. */
export interface Check {
  readonly rule: Rule;
  readonly declaration: Declaration;
  readonly checked: Checked;
}

/** What was found from a declaration before or after; undefined if nothing was explored from there. */
export interface Search {
  readonly from: Declaration;
  readonly old: Recorded<Searched> | undefined;
  readonly now: Recorded<Searched> | undefined;
}

/** Analyses the package as the fix would leave it. `active` are the rules that run. */
export function run(proposal: Proposal, before: Context, active: readonly Rule[]): Trial {
  const { pkg, library } = before;
  const made = trialOf(pkg, textsWith(pkg.files, proposal.edits));
  const after: Context = { ...before, pkg: made, world: worldOf(made, library), codes: new Map() };
  const places = placesOf(pkg.files, made.files, proposal.edits);
  const searches = exploredAgain(before, after, places);
  const versions = { before, after, byFile: memoised((file: SourceFile) => rulesForFile(file, active)) };
  const both = pairsOf(before, after, places).map((pair) => checkBoth(pair, versions));
  const isSeen = both.some(({ old }) =>
    old.some(({ rule, at }) => rule === proposal.rule && at === proposal.reported.at),
  );
  const isRepaired = isSeen && both.every((one) => leavesNothing(one, proposal, places));
  const { value: safety, reads: compared } = record(pkg, () =>
    isRepaired ? safetyOf(proposal, versions, places) : undefined,
  );
  const checks = both.flatMap((one) => one.checks);
  const { edited } = places;
  const seen = new Set([...edited, ...checks.map((c) => c.declaration), ...searches.map((s) => s.from)]);
  const outcome = safety && { safety, touched: namesOf(seen, before) };
  return { outcome, before, after, edited, checks, searches, compared };
}

function namesOf(declarations: ReadonlySet<Declaration>, { pkg }: Context): readonly string[] {
  return pkg.files.flatMap((file) =>
    file.declarations.flatMap((d, i) => (declarations.has(d) ? [`${file.path}#${i}`] : [])),
  );
}

function memoised<K, V>(compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}

interface Located {
  readonly file: SourceFile;
  readonly declaration: Declaration;
}

/** A declaration in the version before, and what has become of it. */
interface Pair {
  readonly old: Located | undefined;
  readonly now: Located | undefined;
}

function pairsOf(before: Context, after: Context, places: Places): readonly Pair[] {
  const left = new Map<Declaration, SourceFile>();
  for (const file of before.pkg.files) for (const d of file.declarations) left.set(d, file);
  const pairs = after.pkg.files.flatMap((file) =>
    file.declarations.map((declaration): Pair => {
      const was = places.before(declaration);
      const itsFile = was && left.get(was);
      if (was) left.delete(was);
      return {
        old: was && itsFile && { file: itsFile, declaration: was },
        now: { file, declaration },
      };
    }),
  );
  return [
    ...pairs,
    ...[...left].map(([declaration, file]): Pair => ({ old: { file, declaration }, now: undefined })),
  ];
}

interface Versions {
  readonly before: Context;
  readonly after: Context;
  /** The rules that can say something about a file. */
  readonly byFile: (file: SourceFile) => readonly Rule[];
}

interface Both {
  readonly old: readonly Said[];
  readonly now: readonly Said[];
  readonly checks: readonly Check[];
  /** A rule threw at the later version. */
  readonly isBroken: boolean;
}

interface Said {
  readonly rule: Rule;
  readonly at: Node;
}

/** What the rules say of a declaration before and after, where that can differ. */
function checkBoth(pair: Pair, versions: Versions): Both {
  const { old, now } = pair;
  const { before, after } = versions;
  const said = { old: [] as Said[], now: [] as Said[] };
  const checks: Check[] = [];
  let isBroken = false;
  const isShared = old !== undefined && old.declaration === now?.declaration;
  const note = (list: Said[], rule: Rule, { declaration }: Located, made: Checked): void => {
    for (const { at } of made.value) list.push({ rule, at });
    checks.push({ rule, declaration, checked: made });
  };
  for (const rule of rulesIn(pair, versions)) {
    const was = old && checkQuietly(rule, old, before);
    if (isShared && was && was !== 'broken' && !mayDiffer(was, after.pkg, old.declaration)) continue;
    const is = now && checkQuietly(rule, now, after);
    if (was && was !== 'broken' && old) note(said.old, rule, old, was);
    if (is === 'broken') isBroken ||= was !== 'broken';
    else if (is && now) note(said.now, rule, now, is);
  }
  return { ...said, checks, isBroken };
}

/** The rules that look at one of the versions of a declaration. */
function rulesIn({ old, now }: Pair, { before, after, byFile }: Versions): readonly Rule[] {
  const wanted = (version: Located | undefined, { pkg }: Context): readonly Rule[] =>
    version ? rulesFor(version.declaration, pkg, byFile(version.file)) : [];
  return [...new Set([...wanted(old, before), ...wanted(now, after)])];
}

/** What a rule says; `broken` if it throws. */
function checkQuietly(
  rule: Rule,
  { file, declaration }: Located,
  context: Context,
): Checked | 'broken' | undefined {
  try {
    return checked(rule, file, declaration, context);
  } catch {
    return 'broken';
  }
}

/** Whether the finding is gone from a declaration and its rules say nothing that they did not say before. */
function leavesNothing({ old, now, isBroken }: Both, { rule, reported }: Proposal, places: Places): boolean {
  const isOne = (a: Said, b: Said): boolean => a.rule === b.rule && places.isSame(a.at, b.at);
  const finding: Said = { rule, at: reported.at };
  return !isBroken && now.every((said) => old.some((was) => isOne(was, said)) && !isOne(finding, said));
}

/** How safe a fix is that repairs: `review` unless all that can happen was seen and looks the same to others. */
function safetyOf(
  { reported, safety }: Proposal,
  { before, after }: Versions,
  places: Places,
): Safety | undefined {
  const code = codeAt(declarationOf(reported.at), before);
  const defect = code && defectsIn(code).find((d) => d.verdict.call.at === reported.at);
  const home = defect ? declarationOf(defect.root) : declarationOf(reported.at);
  const old = codeAt(home, before);
  const now = after.pkg.files.flatMap((file) => file.declarations).find((d) => places.before(d) === home);
  const changed = now && codeAt(now, after);
  if (!old || !changed) return 'review';
  // Who else calls another function that is edited, and with what, is more than one exploration sees.
  let answer = [...places.edited].every((declaration) => declaration === home) ? safety : 'review';
  for (const fn of functionsOf(old, defect)) {
    const its = changed.functions.find((f) => places.isSame(fn, f));
    const comparison =
      its && compare({ code: old, fn }, { code: changed, fn: its }, reported.at, places.isSame);
    if (comparison === 'worse') return undefined;
    if (comparison !== 'alike') answer = 'review';
  }
  return answer;
}

/** The defect's function, and the outermost ones of a declaration. */
function functionsOf(code: Code, defect: Defect | undefined): readonly Node[] {
  const outermost = code.functions.filter((fn) => enclosingFunction(fn) === undefined);
  return [...new Set([...code.functions.filter((fn) => fn === defect?.root), ...outermost])];
}

function exploredAgain(before: Context, after: Context, places: Places): readonly Search[] {
  const [was, is] = [before, after].map((context) => {
    const first = firstCode(context);
    return first ? searchesOf(first) : new Map<Declaration, Recorded<Searched>>();
  });
  if (!was || !is) return [];
  const now = new Map([...is].map(([from, searched]) => [places.before(from) ?? from, searched]));
  return [...new Set([...was.keys(), ...now.keys()])]
    .map((from): Search => ({ from, old: was.get(from), now: now.get(from) }))
    .filter((search) => search.old !== search.now);
}

/** Some code of a package, whichever; undefined if it has none. */
export function firstCode(context: Context): Code | undefined {
  for (const file of context.pkg.files)
    for (const declaration of file.declarations)
      if (declaration.kind === 'func') {
        const code = codeOf(file, declaration, context);
        if (code) return code;
      }
  return undefined;
}

function codeAt(declaration: Declaration, context: Context): Code | undefined {
  const file = context.pkg.files.find(({ declarations }) => declarations.includes(declaration));
  return file && codeOf(file, declaration, context);
}
