// Control flow of one function as data: blocks of entries in order of evaluation, joined by edges that carry the
// condition under which they are taken.
//
// Granularity. An *entry* is the node of one step of evaluation. These are entries:
//   - every simple statement, `go`, `defer` and `return` statement and local declaration, as one whole: a `&&` inside
//     a value is not split, and an argument is evaluated "with" its call;
//   - every condition of an `if`, a `for` or a tag-less `case`, cut at `&&`, `||`, `!` and parentheses; it is the last
//     entry of its block, and the two edges of the block say how it came out;
//   - the tag of a `switch`, the value of a type switch, and each value of a `case` under a tag;
//   - the operand of a `range`, once before the loop, and the `range_clause` itself at the loop's head, which stands
//     for fetching the next element (a receive, if the operand is a channel) and assigning it;
//   - the `send_statement` or `receive_statement` of a `select` case, first in the block of that case; its operands
//     that contain calls or receives are entries before the choice, where Go evaluates them for all cases;
//   - `select {}`, which blocks for ever: its block has neither edges nor exit;
//   - `Flow.end`, the closing brace, if the end of the body can be reached.
// An entry stands for its node without the entries inside it and without the bodies of function literals: a literal
// is a value here and has a flow of its own. `break`, `continue`, `goto`, `fallthrough` and labels are edges only.
// A deferred call is not moved: its `defer_statement` is an entry where it is registered.

import type { Node } from '../syntax/node.ts';

/** Why control leaves a function at a block's end. */
export type Exit =
  /** A `return` statement, or the end of the body. */
  | 'return'
  /** `panic(…)` or a call that never returns and ends the process or the goroutine (os.Exit, t.Fatal). */
  | 'abort';

/** What decides which way control goes. */
export type Condition =
  /** A boolean expression, without `&&`, `||`, `!` and parentheses around it, is `outcome`. */
  | { readonly kind: 'test'; readonly expression: Node; readonly outcome: boolean }
  /** `tag == expression`, in a `switch` with a tag, is `outcome`. */
  | { readonly kind: 'match'; readonly expression: Node; readonly outcome: boolean; readonly tag: Node }
  /** The range loop of this `range_clause` has a next element. */
  | { readonly kind: 'next'; readonly expression: Node; readonly outcome: boolean };

export interface Edge {
  readonly to: Block;
  /** Set if the edge is taken only under a condition; a block has none or two such edges, one for each outcome. */
  readonly condition: Condition | undefined;
  /** The `case` or `default` that is entered here; of a `select` or type switch, it is all that tells edges apart. */
  readonly clause: Node | undefined;
}

export interface Block {
  /** The block's index in `Flow.blocks`. */
  readonly id: number;
  /** The entries in the order in which they are evaluated. */
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  /** Set if control leaves the function here; the last entry is the place. Such a block has no edges. */
  readonly exit: Exit | undefined;
}

/**
 * The control-flow graph of one function. `blocks` holds every block that can be reached from `entry`, in source
 * order: every cycle has an edge to a block whose `id` is not greater.
 */
export interface Flow {
  readonly fn: Node;
  readonly entry: Block;
  readonly blocks: readonly Block[];
  /** An `empty_statement` that stands for the closing brace: the place of the implicit return. */
  readonly end: Node;
}
