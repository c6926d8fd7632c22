// The FixBuilder that collects what the body of a fix asks for.

import type { Node } from '../syntax/node.ts';
import { declarationOf, type SourceFile, sourceFile } from '../syntax/source-file.ts';
import { bodyText } from './body-text.ts';
import type { FixBuilder, NamesAt } from './fix-builder.ts';
import { parseDuration } from './go-text.ts';
import { commentsBehind, eolAt, fitted, indentAt, isBlank, lineStart, spanOf, unindented } from './layout.ts';
import { addedFirst, denseSource } from './lists.ts';
import type { KeyedElement } from './literals.ts';
import {
  declarationScope,
  freshName,
  isDotImported,
  type NewName,
  nameOfPackage,
  packageScope,
  type WantedImport,
} from './names.ts';
import type { Draft } from './splice.ts';
import {
  afterStatement,
  beforeStatement,
  documentedStart,
  firstInBlock,
  type Lines,
  removeStatement,
} from './statements.ts';

/** What one fix has collected for one file. */
export interface FileChanges {
  readonly file: SourceFile;
  readonly lines: Lines;
  readonly drafts: Draft[];
  /** All new text, to tell which imports it uses. */
  readonly texts: string[];
  readonly literals: Map<Node, KeyedElement[]>;
  readonly wanted: WantedImport[];
}

/** What one fix has collected. */
export interface Changes {
  readonly names: NamesAt;
  readonly files: readonly FileChanges[];
  readonly declares: NewName[];
  /** False as soon as a call made no sense. */
  isPossible: boolean;
}

export function emptyChanges(names: NamesAt, files: readonly SourceFile[]): Changes {
  const each = files.map((file): FileChanges => {
    const lines: Lines = { file, opened: new Set(), removed: [], carried: new Set() };
    return { file, lines, drafts: [], texts: [], literals: new Map(), wanted: [] };
  });
  return { names, files: each, declares: [], isPossible: true };
}

/** A builder that notes in `changes` what it is asked for. */
export function builderOf(changes: Changes): FixBuilder {
  return { ...textEdits(changes), ...statementEdits(changes), ...nameChoices(changes) };
}

/** What the fix has collected for the file that holds a node. */
function changesFor(changes: Changes, node: Node): FileChanges {
  const owner = declarationOf(node);
  const found = changes.files.find(({ file }) => file.declarations.includes(owner));
  if (!found) throw new Error('a fix edits a node of a file that it was not given');
  return found;
}

type TextEdits = Pick<
  FixBuilder,
  'replace' | 'replaceRange' | 'insertBefore' | 'insertAfter' | 'source' | 'body'
>;

function textEdits(changes: Changes): TextEdits {
  const put = (node: Node, start: number, end: number, text: string): void => {
    const { file, drafts, texts } = changesFor(changes, node);
    const newText = fitted(text, indentAt(file.text, start), eolAt(file.text, start));
    drafts.push({ path: file.path, start, end, newText });
    texts.push(text);
  };
  const span = (node: Node) => spanOf(changesFor(changes, node).file, node);
  return {
    replace: (node, text) => put(node, span(node).start, span(node).end, text),
    replaceRange: (within, start, end, text) => {
      const offset = span(within).start - within.start;
      put(within, start + offset, end + offset, text);
    },
    insertBefore: (node, text) => put(node, span(node).start, span(node).start, text),
    insertAfter: (node, text) => put(node, span(node).end, span(node).end, text),
    source: (node, form) => {
      const text = unindented(changesFor(changes, node).file, node);
      return form === 'dense' && !text.includes('\n') ? denseSource(node) : text;
    },
    body: (block, depth, changed) => bodyText(changesFor(changes, block).file, block, depth, changed),
  };
}

type StatementEdits = Omit<FixBuilder, keyof TextEdits | keyof NameChoices>;

function statementEdits(changes: Changes): StatementEdits {
  const add = (node: Node, text: string, drafts: readonly Draft[] | undefined): void => {
    const one = changesFor(changes, node);
    one.texts.push(text);
    if (drafts) one.drafts.push(...drafts);
    else changes.isPossible = false;
  };
  const lines = (node: Node) => changesFor(changes, node).lines;
  return {
    insertStatementBefore: (node, text) => add(node, text, beforeStatement(lines(node), node, text)),
    insertStatementAfter: (node, text) => add(node, text, afterStatement(lines(node), node, text)),
    insertFirst: (block, text) => add(block, text, firstInBlock(lines(block), block, text)),
    comment: (statement) => {
      const { file, lines } = changesFor(changes, statement);
      const comments = commentsBehind(file, spanOf(file, statement).end);
      if (!comments) return '';
      lines.carried.add(statement);
      return ` ${file.text.slice(comments.start, comments.end)}`;
    },
    removeStatement: (node) => add(node, '', removeStatement(lines(node), node)),
    addKeyedElement: (literal, key, value) => {
      const { literals, texts } = changesFor(changes, literal);
      literals.set(literal, [...(literals.get(literal) ?? []), { key, value }]);
      texts.push(value);
    },
    addFirst: (list, text) => add(list, text, addedFirst(changesFor(changes, list).file, list, text)),
    insertDeclarationBefore: (at, text) => {
      const { file } = changesFor(changes, at);
      add(at, text, [declarationDraft(file, at, text)]);
      const scope = packageScope(file);
      changes.declares.push(...packageNames(text).map((name) => ({ name, scope })));
    },
  };
}

type NameChoices = Pick<FixBuilder, 'importName' | 'qualified' | 'freshName' | 'duration'>;

function nameChoices(changes: Changes): NameChoices {
  const { names, declares } = changes;
  const isDeclared = (name: string): boolean => declares.some((d) => d.name === name);
  const isWanted = (name: string, { wanted }: FileChanges): boolean => wanted.some((w) => w.name === name);
  const isChosen = (name: string): boolean =>
    isDeclared(name) || changes.files.some((one) => isWanted(name, one));
  const importName = (path: string, at: Node): string => {
    const one = changesFor(changes, at);
    // The imports of other files are theirs.
    const isTaken = (name: string) => isDeclared(name) || isWanted(name, one);
    return nameOfPackage({ file: one.file, names, wanted: one.wanted, isChosen: isTaken }, path, at);
  };
  const qualified = (path: string, name: string, at: Node): string => {
    if (isDotImported(changesFor(changes, at).file, names, path, name, at)) return name;
    return `${importName(path, at)}.${name}`;
  };
  return {
    importName,
    qualified,
    freshName: (base, at) => {
      const name = freshName(names, base, at, isChosen);
      declares.push({ name, scope: declarationScope(changesFor(changes, at).file, at) });
      return name;
    },
    duration: (value, at, form) => {
      const { count, constant } = parseDuration(value);
      if (count === 0n) return '0';
      const unit = qualified('time', constant, at);
      return count === 1n ? unit : `${count}${form === 'dense' ? '*' : ' * '}${unit}`;
    },
  };
}

/** A declaration and a blank line, before the comment of the declaration that holds `at`. */
function declarationDraft(file: SourceFile, at: Node, text: string): Draft {
  const { start } = spanOf(file, at.tree.root);
  const place = documentedStart(file, start);
  const eol = eolAt(file.text, place);
  const isApart = place === 0 || isBlank(file.text, lineStart(file.text, place - 1), place);
  return {
    path: file.path,
    start: place,
    end: place,
    newText: `${isApart ? '' : eol}${fitted(text, '', eol)}${eol}${eol}`,
  };
}

/** The names that the declarations in a text give to the package. */
function packageNames(text: string): readonly string[] {
  return sourceFile('', text).declarations.flatMap((d) => (/^func\s*\(/.test(d.text) ? [] : d.names));
}
