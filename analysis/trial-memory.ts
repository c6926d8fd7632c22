// What trials of fixes have come to, remembered over edits: typing elsewhere tries nothing out again.

import { type Context, checked, lastCheck } from './check.ts';
import { type Searched, type Searches, searchesOf } from './concurrency/defects.ts';
import type { GoPackage } from './model/package.ts';
import { apart, holdsIn, mayDiffer, type Reads, type Recorded } from './model/reads.ts';
import { rulesFor, rulesForFile } from './relevance.ts';
import type { Rule } from './rules/rule.ts';
import type { Tree } from './syntax/node.ts';
import { type Declaration, declarationOf, type SourceFile, treeOf } from './syntax/source-file.ts';
import { type Check, firstCode, type Outcome, type Proposal, run, type Trial } from './trial.ts';

/** A trial, and what has to be as it was for it to come to the same again. */
interface Remembered {
  readonly edits: string;
  readonly active: readonly Rule[];
  readonly outcome: Outcome | undefined;
  readonly context: Pick<Context, 'config' | 'library'>;
  readonly edited: ReadonlySet<Declaration>;
  /** Copies of the two versions, which hold nothing of what was concluded about them. */
  readonly before: GoPackage;
  readonly after: GoPackage;
  readonly recorded: Recorded<undefined>;
  /** The rules that were run again, by declaration. */
  readonly rules: ReadonlyMap<Declaration, ReadonlySet<Rule>>;
  /** The searches of the version before whose defects matter, and where those are. */
  readonly searches: ReadonlySet<Recorded<Searched>>;
  readonly trees: ReadonlySet<Tree>;
  /** The last check that was looked at. */
  checks: number;
}

const remembered = new WeakMap<Declaration, Map<string, Remembered>>();

/**
 * What a trial of a fix on the package comes to; undefined if it does not repair or brings something new. `active` are
 * the rules that run.
 */
export function tried(
  proposal: Proposal,
  fixId: string,
  context: Context,
  active: readonly Rule[],
): Outcome | undefined {
  return apart(() => {
    const { at } = proposal.reported;
    const declaration = declarationOf(at);
    const known = remembered.get(declaration) ?? new Map<string, Remembered>();
    remembered.set(declaration, known);
    const key = `${proposal.rule.id} ${fixId} ${at.start} ${at.end}`;
    const edits = textOfEdits(proposal, context.pkg);
    const last = known.get(key);
    if (last?.edits === edits && holds(last, context, active)) return last.outcome;
    const trial = run(proposal, context, active);
    known.set(key, { edits, active, ...memoryOf(trial) });
    return trial.outcome;
  });
}

/** The edits as text that stays the same when something is typed in other declarations. */
function textOfEdits({ edits, safety }: Proposal, { files }: GoPackage): string {
  const parts = edits.map(({ path, start, end, newText }) => {
    const starts = files.find((file) => file.path === path)?.starts ?? [];
    const i = Math.max(
      starts.findLastIndex((s) => s <= start),
      0,
    );
    const offset = starts[i] ?? 0;
    return [path, i, start - offset, end - offset, newText];
  });
  return JSON.stringify([safety, parts]);
}

function memoryOf(trial: Trial): Omit<Remembered, 'edits' | 'active'> {
  const { outcome, before, after, edited, checks, searches } = trial;
  const rules = new Map<Declaration, Set<Rule>>();
  for (const { declaration, rule } of checks)
    rules.set(declaration, (rules.get(declaration) ?? new Set<Rule>()).add(rule));
  const trees = new Set<Tree>([...edited].flatMap((declaration) => treeOf(declaration) ?? []));
  for (const { old, now } of searches)
    for (const defect of [...(old?.value.defects ?? []), ...(now?.value.defects ?? [])])
      trees.add(defect.verdict.call.at.tree);
  const again = new Set(searches.flatMap(({ old }) => old ?? []));
  const mattering = [...searchesIn(before).values()].filter((s) => again.has(s) || isAbout(s, trees));
  const recorded = { value: undefined, reads: readsOf(trial), holdsFor: before.pkg };
  return {
    outcome,
    context: { config: before.config, library: before.library },
    edited,
    before: { ...before.pkg },
    after: { ...after.pkg },
    recorded,
    rules,
    trees,
    searches: new Set(mattering),
    checks: lastCheck(),
  };
}

/** All that was read by what was run again; and whoever comes to mention what is edited depends on it. */
function readsOf({ edited, checks, searches, compared }: Trial): Reads {
  const parts = [
    compared,
    ...checks.map(({ checked: { reads } }) => reads),
    ...searches.flatMap(({ old, now }) => [old, now].flatMap((s) => s?.reads ?? [])),
  ];
  const own = [...edited, ...checks.map((c) => c.declaration), ...searches.map((s) => s.from)];
  return {
    bodies: new Set([...own, ...parts.flatMap(({ bodies }) => [...bodies])]),
    words: new Set([...[...edited].flatMap((d) => d.names), ...parts.flatMap(({ words }) => [...words])]),
    // What stands in the file besides declarations is the same before and after.
    files: new Set<SourceFile>(),
    // Which defects there are is seen from the searches.
    answers: new Set(),
  };
}

function isAbout({ value }: Recorded<Searched>, trees: ReadonlySet<Tree>): boolean {
  return value.defects.some((defect) => trees.has(defect.verdict.call.at.tree));
}

/** Whether a trial would come to the same in the package as it is now. */
function holds(known: Remembered, context: Context, active: readonly Rule[]): boolean {
  const isSameRun =
    known.context.config === context.config &&
    known.context.library === context.library &&
    active.length === known.active.length &&
    active.every((rule, i) => rule === known.active[i]);
  if (!isSameRun || !holdsIn(known.recorded, context.pkg)) return false;
  const isOther = checksOf(context, active).some(
    ({ checked: made, declaration, rule }) =>
      made.number > known.checks &&
      !known.rules.get(declaration)?.has(rule) &&
      isAffected(known, declaration, made.reads),
  );
  if (isOther) return false;
  let found = 0;
  for (const [from, searched] of searchesIn(context)) {
    if (known.searches.has(searched)) found++;
    else if (isAbout(searched, known.trees) || isAffected(known, from, searched.reads)) return false;
  }
  if (found !== known.searches.size) return false;
  known.checks = lastCheck();
  return true;
}

/** Whether the fix makes a difference to something that was found out about a declaration. */
function isAffected({ before, after, edited }: Remembered, own: Declaration, reads: Reads): boolean {
  const recorded = { value: undefined, reads: { ...reads, answers: new Set<never>() }, holdsFor: before };
  return edited.has(own) || mayDiffer(recorded, after, own);
}

function searchesIn(context: Context): Searches {
  const code = firstCode(context);
  return code ? searchesOf(code) : new Map();
}

const allChecks = new WeakMap<
  GoPackage,
  { readonly active: readonly Rule[]; readonly checks: readonly Check[] }
>();

/** What all rules say of all declarations of a package; those that throw are left out. */
function checksOf(context: Context, active: readonly Rule[]): readonly Check[] {
  const { pkg } = context;
  const known = allChecks.get(pkg);
  if (known?.active === active) return known.checks;
  const checks = pkg.files.flatMap((file) => {
    const relevant = rulesForFile(file, active);
    return file.declarations.flatMap((declaration) =>
      rulesFor(declaration, pkg, relevant).flatMap((rule): Check[] => {
        try {
          const made = checked(rule, file, declaration, context);
          return made ? [{ rule, declaration, checked: made }] : [];
        } catch {
          return [];
        }
      }),
    );
  });
  allChecks.set(pkg, { active, checks });
  return checks;
}
