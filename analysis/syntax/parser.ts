// The sole owner of tree-sitter. Everything it returns is plain data (node.ts): the WebAssembly tree is copied
// in one walk and freed at once, so no caller can leak it or touch it from another thread.

import { Language, Parser, type TreeCursor } from 'web-tree-sitter';
import type { Field, Kind } from './kinds.generated.ts';
import type { Node, Tree } from './node.ts';

/** The two WebAssembly binaries of tree-sitter, as read by the host. */
export interface ParserBinaries {
  /** `web-tree-sitter.wasm`, the parsing engine. */
  readonly engine: Uint8Array;
  /** `tree-sitter-go.wasm`, the grammar. */
  readonly grammar: Uint8Array;
}

interface Grammar {
  readonly parser: Parser;
  /** By node type id: the kind to keep, or undefined for a token that carries no meaning of its own. */
  readonly kinds: readonly (Kind | undefined)[];
  readonly fields: readonly (Field | '')[];
}

let grammar: Grammar | undefined;

/** Kinds whose children say nothing that their text does not. */
const leaves: ReadonlySet<string> = new Set([
  'interpreted_string_literal',
  'raw_string_literal',
  'rune_literal',
]);

/** Deeper trees (generated tables, chains of thousands of operators) are treated as unreadable, so recursion is safe. */
const deepest = 1500;

/** Loads the parser; must have resolved before the first `parse`. Calling it again does nothing. */
export async function loadParser(binaries: ParserBinaries): Promise<void> {
  if (grammar) return;
  await Parser.init({ wasmBinary: binaries.engine });
  const language = await Language.load(binaries.grammar);
  const parser = new Parser();
  parser.setLanguage(language);
  const fields: (Field | '')[] = [''];
  for (let id = 1; id <= language.fieldCount; id++)
    fields.push((language.fieldNameForId(id) ?? '') as Field | '');
  grammar = { parser, kinds: kindTable(language), fields };
}

/**
 * Parses the text of one top-level declaration.
 * Returns undefined if it is not valid Go (a declaration being typed is data, not an error) or nested too deeply.
 */
export function parse(text: string): Tree | undefined {
  return parseAs(text, text) ?? parseWithValues(text);
}

/**
 * Go 1.26 lets `new` take a value, which the grammar does not know. To it, such a call is one of another function,
 * with a name of the same length.
 */
function parseWithValues(text: string): Tree | undefined {
  for (const call of [newOfValue, newOfAnything]) {
    const other = text.replace(call, 'n_w');
    const tree = other === text ? undefined : parseAs(other, text);
    if (tree) return tree;
  }
  return undefined;
}

const newOfAnything = /\bnew(?=\()/g;
/** Not of what can only be a type, unless the braces of a literal follow that. */
const newOfValue =
  /\bnew(?=\((?!\s*(?:[[*(]|(?:chan|map|func|struct|interface)\b)))|\bnew(?=\((?:\[|map\[)[\w\s.*[\]]*(?<!struct|interface)\{)/g;

/** The tree of `parsed` as that of `text`, which has its names and literals at the same offsets. */
function parseAs(parsed: string, text: string): Tree | undefined {
  if (!grammar) throw new Error('the parser is used before loadParser() has resolved');
  // The grammar wants the newline that ends a statement; offsets do not change.
  const wasm = grammar.parser.parse(`${parsed}\n`);
  if (!wasm) return undefined;
  try {
    if (wasm.rootNode.hasError) return undefined;
    const cursor = wasm.walk();
    try {
      return copy(cursor, text, grammar);
    } finally {
      cursor.delete();
    }
  } finally {
    wasm.delete();
  }
}

function kindTable(language: Language): (Kind | undefined)[] {
  const kinds: (Kind | undefined)[] = [];
  for (let id = 0; id < language.nodeTypeCount; id++) {
    const name = language.nodeTypeForId(id);
    if (name === null || name === 'comment') kinds.push(undefined);
    else if (language.nodeTypeIsNamed(id)) kinds.push(name as Kind);
    else kinds.push(/^[-+*/%&|^<>=!~:]+$/.test(name) && name !== ':' ? 'operator' : undefined);
  }
  return kinds;
}

type Draft = { -readonly [K in keyof Node]: Node[K] };

const none: readonly Node[] = [];

/** Copies the only top-level node of the parsed text. */
function copy(cursor: TreeCursor, text: string, { kinds, fields }: Grammar): Tree | undefined {
  const nodes = new Map<Kind, Node[]>();
  const tree = { text, nodes } as { text: string; nodes: Map<Kind, Node[]>; root: Node };

  let tooDeep = false;
  const copyChildren = (parent: Node | undefined, into: Node[], depth: number): void => {
    if (depth > deepest) {
      tooDeep = true;
      return;
    }
    do {
      const kind = kinds[cursor.nodeTypeId];
      if (!kind) continue;
      const field = fields[cursor.currentFieldId] ?? '';
      // An operator without a role (the arrow of a channel type) is told by the text of its parent.
      if (kind === 'operator' && field === '') continue;
      const node: Draft = {
        kind,
        field,
        start: cursor.startIndex,
        end: cursor.endIndex,
        children: none,
        parent,
        tree,
      };
      const known = nodes.get(kind);
      if (known) known.push(node);
      else nodes.set(kind, [node]);
      into.push(node);
      if (!leaves.has(kind) && cursor.gotoFirstChild()) {
        const children: Node[] = [];
        copyChildren(node, children, depth + 1);
        // A grown array has room for many more than most nodes have.
        if (children.length > 0) node.children = children.slice();
        cursor.gotoParent();
      }
    } while (cursor.gotoNextSibling());
  };

  const top: Node[] = [];
  if (cursor.gotoFirstChild()) copyChildren(undefined, top, 0);
  if (!top[0] || tooDeep) return undefined;
  tree.root = top[0];
  for (const list of nodes.get('parameter_list') ?? []) nameTogether(list, nodes);
  for (const [kind, list] of nodes) nodes.set(kind, list.slice());
  return tree;
}

/**
 * Of many names that one type follows, the grammar takes the first ones for types. A list cannot have parameters with
 * names and without, so they are names of the next parameter that has some.
 */
function nameTogether(list: Draft, nodes: Map<Kind, Node[]>): void {
  const isNamed = (parameter: Node): boolean => parameter.children.some((c) => c.field === 'name');
  if (list.children.every(isNamed) || !list.children.some(isNamed)) return;
  const kept: Node[] = [];
  let waiting: Node[] = [];
  for (const parameter of list.children as readonly Draft[]) {
    if (!isNamed(parameter) && parameter.children[0]?.kind === 'type_identifier') {
      waiting.push(parameter);
      continue;
    }
    const names = waiting.flatMap(({ children }) => children);
    for (const name of names) Object.assign(name, { kind: 'identifier', field: 'name', parent: parameter });
    parameter.start = names[0]?.start ?? parameter.start;
    parameter.children = [...names, ...parameter.children];
    move(nodes, names, waiting);
    kept.push(parameter);
    waiting = [];
  }
  list.children = [...kept, ...waiting];
}

/** Lists what were types as identifiers, and the parameters that they made no longer. */
function move(nodes: Map<Kind, Node[]>, names: readonly Node[], gone: readonly Node[]): void {
  const without = (kind: Kind, these: readonly Node[]): Node[] =>
    (nodes.get(kind) ?? []).filter((node) => !these.includes(node));
  nodes.set('type_identifier', without('type_identifier', names));
  nodes.set('parameter_declaration', without('parameter_declaration', gone));
  nodes.set(
    'identifier',
    [...without('identifier', names), ...names].sort((a, b) => a.start - b.start),
  );
}
