// The contract of a refactoring: a change that a person asks for at a place, whether or not anything is wrong there.

import type { FixBuilder } from '../edit/fix-builder.ts';
import type { Obstacle } from '../finding.ts';
import type { Code } from '../model/code.ts';
import type { Node } from '../syntax/node.ts';

/** Its documentation, and one function that plans it. Whoever asks for it looks at what comes out: it is `review`. */
export interface Refactoring {
  /** Names the change, a verb first, kebab-case: `thread-context`. */
  readonly id: string;
  /** The first version of goleash that has it. */
  readonly since: string;
  /** Imperative and complete, as an editor shows it. */
  readonly title: string;
  /** One line without a full stop. */
  readonly summary: string;
  /** Markdown: when somebody wants it, and what is done. */
  readonly description: string;
  /** What it stops at: then nothing is edited. */
  readonly stopsAt: readonly string[];
  /** Whether it may have something to do where a node is; costs next to nothing. */
  offers(code: Code, node: Node): boolean;
  /** What it does where a node is; undefined if it has nothing to do with the place. */
  at(code: Code, node: Node): Proposal | undefined;
}

export type Proposal =
  | {
      readonly kind: 'change';
      /** What changes, as a clause: `2 functions, 5 calls`. */
      readonly summary: string;
      /** Makes the edits, in any files of the package; `false` if they cannot be made. */
      readonly edit: (edit: FixBuilder) => void | false;
    }
  | { readonly kind: 'obstacles'; readonly obstacles: readonly Obstacle[] };
