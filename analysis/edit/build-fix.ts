// Runs the body of a fix and makes its edits.

import type { Edit } from '../finding.ts';
import { type ImportSpec, importsOf } from '../syntax/imports.ts';
import type { Node } from '../syntax/node.ts';
import { declarationOf, type Site, type SourceFile, sourceFile } from '../syntax/source-file.ts';
import { finished } from './finish.ts';
import type { FixBuilder, NamesAt } from './fix-builder.ts';
import { importDrafts } from './go-imports.ts';
import { mentionsPackage, parseDuration } from './go-text.ts';
import { eolAt, fitted, indentAt, isBlank, lineStart, spanOf, unindented } from './layout.ts';
import { addedElements, type KeyedElement } from './literals.ts';
import {
  declarationScope,
  fileScope,
  freshName,
  isDotImported,
  type NewName,
  nameOfImport,
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
  lineDeletions,
  removeStatement,
} from './statements.ts';
import { isForUse, isMentionedInBrokenCode } from './unused-imports.ts';

/** What merging must know of a fix besides its edits. */
export interface FixNeeds {
  /** Text that must survive: the imports whose names the fix writes. */
  readonly keeps: readonly Site[];
  /** Names that the fix declares. */
  readonly declares: readonly NewName[];
}

export interface BuiltFix {
  /** Sorted by path and start; they do not overlap. */
  readonly edits: readonly Edit[];
  readonly needs: FixNeeds;
}

export interface FixInput {
  /** The file of the finding. */
  readonly file: SourceFile;
  readonly names: NamesAt;
  /** Further files whose nodes the body may edit. */
  readonly otherFiles?: readonly SourceFile[];
}

/** What one fix has collected for one file. */
interface FileChanges {
  readonly file: SourceFile;
  readonly lines: Lines;
  readonly drafts: Draft[];
  /** All new text, to tell which imports it uses. */
  readonly texts: string[];
  readonly literals: Map<Node, KeyedElement[]>;
  readonly wanted: WantedImport[];
}

interface Changes {
  readonly names: NamesAt;
  readonly files: readonly FileChanges[];
  readonly declares: NewName[];
  /** False as soon as a call made no sense. */
  isPossible: boolean;
}

/**
 * Runs `body` and makes the edits it asks for. Undefined if it returns false, or if they cannot be made: they
 * contradict each other, stand where no such thing can stand, or would leave text that does not parse.
 */
export function buildFix(input: FixInput, body: (edit: FixBuilder) => void | false): BuiltFix | undefined {
  const files = [input.file, ...(input.otherFiles ?? [])].map(emptyChanges);
  const changes: Changes = { names: input.names, files, declares: [], isPossible: true };
  if (body(builderOf(changes)) === false || !changes.isPossible) return undefined;
  const edits: Edit[] = [];
  const keeps: Site[] = [];
  for (const one of files) {
    const done = editsOf(one, changes);
    if (!done) return undefined;
    edits.push(...done);
    keeps.push(...keptImports(one));
  }
  edits.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.start - b.start || a.end - b.end));
  return { edits, needs: { keeps, declares: changes.declares } };
}

function emptyChanges(file: SourceFile): FileChanges {
  const lines: Lines = { file, opened: new Set(), removed: [] };
  return { file, lines, drafts: [], texts: [], literals: new Map(), wanted: [] };
}

function builderOf(changes: Changes): FixBuilder {
  const { names, declares } = changes;
  const of = (node: Node): FileChanges => {
    const owner = declarationOf(node);
    const found = changes.files.find(({ file }) => file.declarations.includes(owner));
    if (!found) throw new Error('a fix edits a node of a file that it was not given');
    return found;
  };
  const put = (one: FileChanges, start: number, end: number, text: string): void => {
    const newText = fitted(text, indentAt(one.file.text, start), eolAt(one.file.text, start));
    one.drafts.push({ path: one.file.path, start, end, newText });
    one.texts.push(text);
  };
  const add = (one: FileChanges, text: string, drafts: readonly Draft[] | undefined): void => {
    one.texts.push(text);
    if (drafts) one.drafts.push(...drafts);
    else changes.isPossible = false;
  };
  return {
    replace: (node, text) =>
      put(of(node), spanOf(of(node).file, node).start, spanOf(of(node).file, node).end, text),
    replaceRange: (within, start, end, text) => {
      const offset = spanOf(of(within).file, within).start - within.start;
      put(of(within), start + offset, end + offset, text);
    },
    insertBefore: (node, text) =>
      put(of(node), spanOf(of(node).file, node).start, spanOf(of(node).file, node).start, text),
    insertAfter: (node, text) =>
      put(of(node), spanOf(of(node).file, node).end, spanOf(of(node).file, node).end, text),
    insertStatementBefore: (node, text) => add(of(node), text, beforeStatement(of(node).lines, node, text)),
    insertStatementAfter: (node, text) => add(of(node), text, afterStatement(of(node).lines, node, text)),
    insertFirst: (block, text) => add(of(block), text, firstInBlock(of(block).lines, block, text)),
    removeStatement: (node) => add(of(node), '', removeStatement(of(node).lines, node)),
    addKeyedElement: (literal, key, value) => {
      const one = of(literal);
      one.literals.set(literal, [...(one.literals.get(literal) ?? []), { key, value }]);
      one.texts.push(value);
    },
    insertDeclarationBefore: (at, text) => {
      const one = of(at);
      add(one, text, [declarationDraft(one.file, at, text)]);
      const scope = packageScope(one.file);
      declares.push(...packageNames(text).map((name) => ({ name, scope })));
    },
    source: (node) => unindented(of(node).file, node),
    importName: (path, at) => nameOfPackage(of(at).file, names, of(at).wanted, path, at),
    qualified: (path, name, at) => qualified(of(at), names, path, name, at),
    freshName: (base, at) => {
      const name = freshName(
        names,
        base,
        at,
        (n) => declares.some((d) => d.name === n) || isWanted(changes, n),
      );
      declares.push({ name, scope: declarationScope(of(at).file, at) });
      return name;
    },
    duration: (value, at, form) => {
      const { count, constant } = parseDuration(value);
      if (count === 0n) return '0';
      const unit = qualified(of(at), names, 'time', constant, at);
      return count === 1n ? unit : `${count}${form === 'dense' ? '*' : ' * '}${unit}`;
    },
  };
}

function isWanted(changes: Changes, name: string): boolean {
  return changes.files.some((one) => one.wanted.some((w) => w.name === name));
}

function qualified(one: FileChanges, names: NamesAt, path: string, name: string, at: Node): string {
  if (isDotImported(one.file, names, path, name, at)) return name;
  return `${nameOfPackage(one.file, names, one.wanted, path, at)}.${name}`;
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

function editsOf(one: FileChanges, { names, declares }: Changes): readonly Edit[] | undefined {
  const { file, lines, drafts, literals } = one;
  for (const [literal, added] of literals) {
    const elements = addedElements(file, literal, added);
    if (!elements) return undefined;
    drafts.push(...elements);
  }
  const used = one.wanted.filter((w) => one.texts.some((text) => mentionsPackage(text, w.name)));
  for (const { name, path } of used) declares.push({ name, scope: fileScope(file), importPath: path });
  const gone = new Set(importsOf(file).filter((spec) => losesItsUses(one, names, spec)));
  if (used.length > 0 || gone.size > 0) {
    const imports = importDrafts(lines, used, gone);
    if (!imports) return undefined;
    drafts.push(...imports);
  }
  return finished(file, [...drafts, ...lineDeletions(file, lines.removed, drafts)]);
}

/** Whether the changes take away the last uses of an import that is there to be used. */
function losesItsUses(one: FileChanges, names: NamesAt, spec: ImportSpec): boolean {
  if (!isForUse(spec)) return false;
  const { file, lines, drafts, texts } = one;
  const name = nameOfImport(spec);
  const removed = [...drafts.filter((d) => d.start < d.end), ...lines.removed];
  if (!removed.some((r) => file.text.slice(r.start, r.end).includes(name))) return false;
  if (texts.some((text) => mentionsPackage(text, name))) return false;
  if (isMentionedInBrokenCode(file, spec)) return false;
  const uses = names.usesOfImport(spec).map((use) => spanOf(file, use));
  return (
    uses.length > 0 && uses.every((use) => removed.some((r) => r.start <= use.start && use.end <= r.end))
  );
}

/** The imports that the new text relies on. */
function keptImports({ file, texts }: FileChanges): readonly Site[] {
  return importsOf(file)
    .filter((spec) => texts.some((text) => mentionsPackage(text, nameOfImport(spec))))
    .map((spec) => ({ path: file.path, ...spanOf(file, spec.node) }));
}
