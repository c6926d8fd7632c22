// The behaviour of a function: its control flow with nothing left in it but what goroutines do to one another, and
// the values that decide about that. Everything else is an `unknown` value or is not there at all.
//
// A function is lowered by itself, so its behaviour depends on its own text and on the surface of what it names. Other
// functions stand in it by name. Expressions are pure: whatever blocks, calls or allocates is an operation that
// leaves its result in a slot.

import type { Node } from '../syntax/node.ts';

/** A variable of a function, a captured one, or a temporary: an index into the slots of an activation. */
export type Slot = number;

/** What a variable holds before anything is assigned to it, or what a type's values are. */
export type Shape =
  | { readonly kind: 'nil' }
  | { readonly kind: 'number' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'string' }
  /** A struct that is its own memory; `type` is `import/path.Name`, `''` for one without a name. */
  | { readonly kind: 'struct'; readonly type: string }
  /** `sync.Mutex` and its like: memory with a state of its own. */
  | { readonly kind: 'primitive'; readonly type: string }
  | { readonly kind: 'unknown' };

export type Expr =
  | { readonly kind: 'constant'; readonly value: bigint | boolean | string }
  | { readonly kind: 'nil' }
  | { readonly kind: 'slot'; readonly slot: Slot }
  /** The memory of a variable that is shared by reference: `&x`. */
  | { readonly kind: 'reference'; readonly slot: Slot }
  /** A package-level variable of this package. */
  | {
      readonly kind: 'global';
      readonly name: string;
      readonly shape: Shape;
      readonly isNil: false | undefined;
    }
  /** A field of a struct or of what a pointer points to. */
  | { readonly kind: 'field'; readonly of: Expr; readonly name: string; readonly shape: Shape }
  | { readonly kind: 'element'; readonly of: Expr; readonly index: Expr }
  | { readonly kind: 'dereference'; readonly of: Expr }
  /** A function literal; its captured variables are bound when it is evaluated. */
  | {
      readonly kind: 'closure';
      readonly literal: Node;
      /** The variables that it takes, by the node that declares them, and their slots here. */
      readonly captures: readonly { readonly variable: Node; readonly slot: Slot }[];
    }
  /** A function of this package or another, `import/path.Name`, a method as `import/path.Type.Name`. */
  | { readonly kind: 'function'; readonly name: string }
  /** A method bound to its receiver; an interface's method is found by the receiver's own type. */
  | { readonly kind: 'method'; readonly receiver: Expr; readonly name: string; readonly dynamic: boolean }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'not'; readonly of: Expr }
  /** How many elements there are: of a list, or as many as an unknown number says. */
  | { readonly kind: 'count'; readonly of: Expr }
  /** A value that nothing is known of but where it comes from, and perhaps that it is not nil. */
  | { readonly kind: 'unknown'; readonly at: Node; readonly isNil: false | undefined };

/** Where a value can be stored. */
export type Target = Extract<Expr, { kind: 'slot' | 'global' | 'field' | 'element' | 'dereference' }>;

/** One step. `at` is the node whose bytes it is. */
export type Operation = { readonly at: Node } /** `declares`: the variable is a new one each time. */ & (
  | { readonly kind: 'assign'; readonly to: Target; readonly value: Expr; readonly declares: boolean }
  | { readonly kind: 'make-channel'; readonly to: Slot; readonly capacity: Expr | undefined }
  | {
      readonly kind: 'allocate';
      readonly to: Slot;
      readonly shape: Shape;
      readonly fields: readonly { readonly name: string; readonly value: Expr }[];
    }
  /** A slice or array: of these elements, or of `length` times what `element` says. */
  | {
      readonly kind: 'list';
      readonly to: Slot;
      readonly items: readonly Expr[];
      readonly length: Expr | undefined;
      readonly element: Shape;
    }
  | { readonly kind: 'append'; readonly to: Slot; readonly list: Expr; readonly items: readonly Expr[] }
  | { readonly kind: 'send'; readonly channel: Expr; readonly value: Expr }
  | {
      readonly kind: 'receive';
      readonly channel: Expr;
      readonly to: Slot | undefined;
      readonly ok: Slot | undefined;
    }
  | {
      readonly kind: 'call';
      readonly mode: 'call' | 'go' | 'defer';
      readonly callee: Expr;
      readonly args: readonly Expr[];
      readonly results: readonly Slot[];
    }
  /** Values go where nothing can follow them. */
  | { readonly kind: 'escape'; readonly values: readonly Expr[] }
  /** Stops the panic of the function that has deferred this one, and leaves what it was of, or nil. */
  | { readonly kind: 'recover'; readonly to: Slot }
  /** Nobody knows whether control comes by here: whatever follows may happen, or not. */
  | { readonly kind: 'doubt' }
  /** The elements that a `range` goes over are those of this value. */
  | { readonly kind: 'range'; readonly over: Expr; readonly cursor: Slot }
);

/** A case of a `select`. */
export interface Case {
  readonly at: Node;
  readonly channel: Expr;
  /** The value that is sent; undefined for a receive. */
  readonly send: Expr | undefined;
  readonly to: Slot | undefined;
  readonly ok: Slot | undefined;
  readonly next: number;
}

/** How a block ends; numbers are indices of blocks. */
export type Ending = { readonly at: Node } & (
  | { readonly kind: 'jump'; readonly next: number }
  | { readonly kind: 'branch'; readonly condition: Expr; readonly yes: number; readonly no: number }
  /** One of several ways, and nothing is known about which. */
  | { readonly kind: 'choice'; readonly next: readonly number[] }
  /** Fetches the next element of a range into `key` and `value`, or ends the loop. */
  | {
      readonly kind: 'next';
      readonly cursor: Slot;
      readonly key: Slot | undefined;
      readonly value: Slot | undefined;
      /** Over a channel: each element is a receive. */
      readonly channel: boolean;
      readonly more: number;
      readonly done: number;
    }
  | { readonly kind: 'select'; readonly cases: readonly Case[]; readonly otherwise: number | undefined }
  | { readonly kind: 'return'; readonly values: readonly Expr[] }
  | { readonly kind: 'panic' }
  /** The goroutine ends, after what it has deferred: `runtime.Goexit`, `t.FailNow`. */
  | { readonly kind: 'goexit' }
  /** The process ends. */
  | { readonly kind: 'exit' }
  /** `select {}`. */
  | { readonly kind: 'block' }
);

export interface Block {
  readonly operations: readonly Operation[];
  readonly ending: Ending;
}

export interface SlotInfo {
  /** The name in the source; `''` for a temporary. */
  readonly name: string;
  readonly shape: Shape;
  /** Shared by reference with a closure or through its address: the slot holds the memory, not the value. */
  readonly shared: boolean;
}

/** The behaviour of a function declaration, method or function literal. */
export interface Behaviour {
  readonly fn: Node;
  readonly slots: readonly SlotInfo[];
  /** The receiver first, if there is one. A parameter without a name has no slot. */
  readonly parameters: readonly (Slot | undefined)[];
  readonly variadic: boolean;
  /** Named results. */
  readonly results: readonly Slot[];
  readonly resultCount: number;
  /** By the node that declares a variable. */
  readonly variables: ReadonlyMap<Node, Slot>;
  /** What a literal takes from the functions around it, by the node that declares the variable there. */
  readonly captures: readonly { readonly variable: Node; readonly slot: Slot }[];
  readonly blocks: readonly Block[];
  readonly entry: number;
}
