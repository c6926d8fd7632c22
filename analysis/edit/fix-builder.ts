import type { ImportSpec } from '../syntax/imports.ts';
import type { Node } from '../syntax/node.ts';

/**
 * Collects the edits of one fix. Every text is Go in gofmt form as it would stand in the first column: `\n` in it
 * gets the file's own line ending, and each line after the first is indented like the line that the text is put
 * on. Source that is copied into such a text is taken with `source`. Several texts put at one place come out in the
 * order of the calls. A call that makes no sense at its place withdraws the whole fix.
 */
export interface FixBuilder {
  /** Replaces the node's text. */
  replace(node: Node, text: string): void;
  /** Replaces the text between two offsets of one declaration (as in `Node.start`). */
  replaceRange(within: Node, start: number, end: number, text: string): void;
  insertBefore(node: Node, text: string): void;
  insertAfter(node: Node, text: string): void;
  /** Puts statements on lines of their own before a statement, indented like it; `text` may have several lines. */
  insertStatementBefore(statement: Node, text: string): void;
  /** Likewise after it, keeping a trailing comment with the statement it belongs to. */
  insertStatementAfter(statement: Node, text: string): void;
  /** Puts statements first in a block; a block on one line becomes one of several lines. */
  insertFirst(block: Node, text: string): void;
  /**
   * The comment behind a statement on its line, with a space before it, for text that takes the place of the statement:
   * it goes there with it when the statement is removed afterwards. `''` if there is none.
   */
  comment(statement: Node): string;
  /** Removes a statement with its line. Comments stay, also the one behind it, if it was not taken along. */
  removeStatement(statement: Node): void;
  /** Adds `key: value` to a keyed composite literal (`literal_value` node), aligned as gofmt aligns. */
  addKeyedElement(literal: Node, key: string, value: string): void;
  /**
   * Puts an element (or several, with commas between them) first in the parentheses of an `argument_list` or
   * `parameter_list`, on a line of its own if each of the others has one.
   */
  addFirst(list: Node, text: string): void;
  /** Puts a declaration, with a blank line, before the top-level declaration that holds `at` and its comment. */
  insertDeclarationBefore(at: Node, text: string): void;
  /**
   * The source of a node as if the line it starts on were not indented, its comments included; `dense` is the form gofmt
   * gives it among several arguments of a call, if it was the only one and on one line: `a+b`.
   */
  source(node: Node, form?: 'dense'): string;
  /**
   * The statements of a block with all comments between its braces, `depth` tabs from the first column. `changes` gives
   * nodes in it another text; a statement with the text `''` goes with its line, but for a comment on it.
   */
  body(block: Node, depth: number, changes: ReadonlyMap<Node, string>): string;
  /**
   * The name to write for package `path` at `at`: that of an existing import, or of one that this fix adds. A
   * shadowed or taken name gets a fresh alias. An import that the fix's texts do not use after all is not added.
   */
  importName(path: string, at: Node): string;
  /** `importName(path, at).name`, or just `name` if a dot import of the package makes that possible at `at`. */
  qualified(path: string, name: string, at: Node): string;
  /**
   * `base`, or `base2`, `base3` … so that it neither means anything at `at` nor is captured or captures below. It can
   * be declared at `at` or, by `insertDeclarationBefore`, in the package. Each call gives another name.
   */
  freshName(base: string, at: Node): string;
  /**
   * A Go expression for a duration such as `30s`: `30 * time.Second`, with the name that `time` has at `at`;
   * `dense` is the form gofmt gives it among several arguments of a call: `30*time.Second`.
   */
  duration(value: string, at: Node, form?: 'dense'): string;
}

/** What the edit layer must know of names in the files that a fix may edit; the model answers. */
export interface NamesAt {
  /**
   * What `name` stands for if written at the start of `at`: the package of an import of this file (or something that
   * a dot import of that package declares), nothing, or anything else. What is not known is `taken`.
   */
  meaning(name: string, at: Node): 'free' | 'taken' | { readonly importPath: string };
  /**
   * Whether an identifier `name` occurs, as use or declaration, from the start of `at` to the end of the innermost
   * block that holds it, nested blocks included: a variable declared at `at` could capture it or be shadowed by it.
   */
  usedBelow(name: string, at: Node): boolean;
  /** `declared` if a file of the package declares `name` at package level, `imported` if only imports have it. */
  packageLevel(name: string): 'free' | 'declared' | 'imported';
  /** The identifiers in the file of the import that stand for it: `time` in each `time.Second`. */
  usesOfImport(spec: ImportSpec): readonly Node[];
}
