// The contract of a rule: data that documents it, and one function that finds the defect and repairs it.

import type { FixBuilder } from '../edit/fix-builder.ts';
import type { Confidence, Safety, Severity, Step } from '../finding.ts';
import type { Code } from '../model/code.ts';
import type { Node } from '../syntax/node.ts';
import type { Site } from '../syntax/source-file.ts';

export interface FixDescription {
  /** Imperative and complete, as an editor shows it: `Close the response body when the function returns`. */
  readonly title: string;
  readonly safety: Safety;
  /**
   * The package as the fix would leave it is analysed. The fix is offered only if the finding is gone and no other one
   * has come, and is `safe` only if the model has seen everything that can happen and others see the same as before.
   */
  readonly explored?: true;
}

/** A rule: its documentation, the cheap test that says where it can matter, and its check. */
export interface Rule<FixId extends string = string> {
  /** Names the defect, kebab-case: `lost-cancel`. */
  readonly id: string;
  /** The first version of goleash that has it. */
  readonly since: string;
  readonly severity: Severity;
  readonly summary: string;
  /** Markdown: what goes wrong at run time and when. */
  readonly why: string;
  /** When the rule says nothing on purpose. */
  readonly silentWhen: readonly string[];
  /** Checks of other tools that report the same defect: `go vet lostcancel`, `bodyclose`. */
  readonly peers: readonly string[];
  /** By fix id, a verb phrase: `defer-cancel`. The order is the order of preference. */
  readonly fixes: Readonly<Record<FixId, FixDescription>>;
  /** Looked at only in files that import one of these packages; empty for any file. */
  readonly imports: readonly string[];
  /** A declaration is checked only if its text contains one of these, or what one of them matches. */
  readonly mentions: readonly (string | RegExp)[];
  /**
   * … or calls a function or method that the package declares with one of these in its header: `http.Response` finds
   * the calls of all that return one, whatever their names.
   */
  readonly mentionedByCallees?: readonly string[];
  /** … and one of these, if given. */
  readonly alsoMentions?: readonly string[];
  /** `false` if the rule has nothing to say in `_test.go` files: then none of them is parsed for it. */
  readonly inTests?: false;
  /**
   * Set if the check speaks only of what `defectsAt` gives it: where explorations find no defect, a declaration is
   * neither parsed for it nor checked.
   */
  readonly explores?: true;
  /** Set if the rule is about the comments that silence others. It finds what analysis tells of them, and checks no code. */
  readonly ofComments?: true;
  /** Called once for each function, method and package-level `var` that passes both tests and parses. */
  check(code: Code, report: Report<FixId>): void;
}

/** Makes the edits of one fix; returning `false` withdraws the fix. */
export type FixBody = (edit: FixBuilder) => void | false;

export type Report<FixId extends string> = (finding: {
  readonly at: Node;
  /** One sentence without a full stop, lower case first: what is wrong here and what follows from it. */
  readonly message: string;
  readonly related?: readonly { readonly at: Node | Site; readonly message: string; readonly step?: Step }[];
  /** `proved` unless said otherwise. */
  readonly confidence?: Confidence;
  /** The rule's severity unless said otherwise. */
  readonly severity?: Severity;
  /** The object form makes this one fix `review` although the rule calls it `safe`. */
  readonly fixes?: {
    readonly [Id in FixId]?: FixBody | { readonly safety: 'review'; readonly edit: FixBody } | undefined;
  };
}) => void;

/** Gives a rule its type; the ids of its fixes are inferred from `fixes`, so a misspelt one does not compile. */
export function defineRule<const FixId extends string>(rule: Rule<FixId>): Rule<FixId> {
  return rule;
}
