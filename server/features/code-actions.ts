// What the editor offers: one action for each fix of each finding in the range, one for all fixes of a file, and the
// refactorings of refactorings.ts.

import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  CodeActionTriggerKind,
  type Diagnostic,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { Edit, Fix } from '../../analysis/index.ts';
import { type Client, fixAllKind } from '../client.ts';
import { offsetAt, textEdit } from '../convert.ts';
import type { Snapshot } from '../snapshot.ts';
import { type Reported, reportedIn } from './diagnostics.ts';
import { fixAllEdits, hasSafeFix } from './fix-all.ts';
import {
  isRefactoringWanted,
  type Outlook,
  outlooksAt,
  type RefactoringData,
  reasonOf,
  refactoringKind,
} from './refactorings.ts';

/** What an action carries from the offer to the request for its edit. */
type ActionData =
  | { readonly uri: string; readonly fix: string; readonly fingerprint: string }
  | { readonly uri: string; readonly fixAll: true }
  | RefactoringData;

/**
 * The actions for a range of the document. Those of a client that resolves edits have none yet. What `show` is told,
 * the user sees.
 */
export function codeActions(
  snapshot: Snapshot,
  params: CodeActionParams,
  client: Client,
  show: (message: string) => void,
): CodeAction[] {
  const { range, context } = params;
  if (!client.codeActions) return [];
  const actions: CodeAction[] = [];
  if (isAsked(CodeActionKind.QuickFix, context.only)) {
    const { text } = snapshot.document;
    const start = offsetAt(text, range.start, client.encoding);
    const end = offsetAt(text, range.end, client.encoding);
    const touched = reportedIn(snapshot, client).filter(
      ({ finding: { at } }) => at.start <= end && start <= at.end,
    );
    actions.push(
      ...touched.flatMap((reported) => quickFixes(reported, context.diagnostics, snapshot, client)),
    );
  }
  const unasked = context.only === undefined && context.triggerKind === CodeActionTriggerKind.Automatic;
  if (isAsked(fixAllKind, context.only) && !unasked && hasSafeFix(snapshot)) {
    const action = { title: 'Apply all safe fixes of goleash in this file', kind: fixAllKind };
    const edit = () => fixAllEdits(snapshot);
    actions.push(withEdit(action, { uri: snapshot.document.uri, fixAll: true }, edit, snapshot, client));
  }
  if (isRefactoringWanted(snapshot, params)) {
    const isAskedFor = context.only !== undefined;
    actions.push(
      ...outlooksAt(snapshot, range, client).flatMap((outlook) =>
        refactoringAction(outlook, isAskedFor, snapshot, client, show),
      ),
    );
  }
  return actions;
}

/**
 * A refactoring that stops somewhere is shown to who asks for refactorings: as a disabled action, or with a message. A
 * client that resolves edits is told when the action is chosen, since it can take a while to find out.
 */
function refactoringAction(
  { title, data, isLikely, result }: Outlook,
  isAskedFor: boolean,
  snapshot: Snapshot,
  client: Client,
  show: (message: string) => void,
): CodeAction[] {
  const action = { title, kind: refactoringKind };
  const showsReason = isAskedFor && client.disabledActions;
  if (!isLikely && !isAskedFor) return [];
  if (isLikely && client.resolvesEdits && !showsReason) return [{ ...action, data }];
  const found = result();
  if (!found) return [];
  if (found.kind === 'fix') return [withEdit(action, data, () => found.fix.edits, snapshot, client)];
  if (!isAskedFor) return [];
  const reason = reasonOf(found.obstacles, snapshot);
  if (client.disabledActions) return [{ ...action, disabled: { reason } }];
  show(`${title}: ${reason}`);
  return [];
}

/** The document that an action was offered for; undefined if the action is not one of ours. */
export function documentOf(action: CodeAction): string | undefined {
  const data: unknown = action.data;
  return isActionData(data) ? data.uri : undefined;
}

/**
 * Puts the edit into an action that was offered, made for the document as it is now; undefined if the finding is
 * not there any more. A refactoring that stops somewhere has no edit, and says why.
 */
export function resolveCodeAction(
  action: CodeAction,
  snapshot: Snapshot,
  client: Client,
  show: (message: string) => void,
): CodeAction | undefined {
  const data: unknown = action.data;
  if (!isActionData(data)) return undefined;
  if ('fixAll' in data) return { ...action, edit: workspaceEdit(fixAllEdits(snapshot), snapshot, client) };
  if ('refactoring' in data) {
    if (data.version !== snapshot.version) return undefined;
    const outlooks = outlooksAt(snapshot, data.range, client);
    const outlook = outlooks.find((o) => o.data.refactoring === data.refactoring);
    const result = outlook?.result();
    if (!outlook || !result) return undefined;
    if (result.kind === 'fix') return { ...action, edit: workspaceEdit(result.fix.edits, snapshot, client) };
    show(`${outlook.title}: ${reasonOf(result.obstacles, snapshot)}`);
    return action;
  }
  const reported = reportedIn(snapshot, client).find(({ fingerprint }) => fingerprint === data.fingerprint);
  const fix = reported?.finding.fixes.find(({ id }) => id === data.fix);
  return fix && { ...action, edit: workspaceEdit(fix.edits, snapshot, client) };
}

function quickFixes(
  { finding, fingerprint, diagnostic }: Reported,
  shown: readonly Diagnostic[],
  snapshot: Snapshot,
  client: Client,
): CodeAction[] {
  const echoed = shown.find((other) => isSame(other, diagnostic)) ?? diagnostic;
  const preferred = finding.fixes.find((fix) => fix.safety === 'safe');
  return finding.fixes.map((fix) => {
    const action: CodeAction = {
      title: titleOf(fix),
      kind: CodeActionKind.QuickFix,
      diagnostics: [echoed],
      ...(fix === preferred && { isPreferred: true }),
    };
    const data = { uri: snapshot.document.uri, fix: fix.id, fingerprint };
    return withEdit(action, data, () => fix.edits, snapshot, client);
  });
}

function titleOf({ title, safety }: Fix): string {
  return safety === 'review' ? `${title} (review)` : title;
}

function withEdit(
  action: CodeAction,
  data: ActionData,
  edits: () => readonly Edit[],
  snapshot: Snapshot,
  client: Client,
): CodeAction {
  if (client.resolvesEdits) return { ...action, data };
  return { ...action, edit: workspaceEdit(edits(), snapshot, client) };
}

function workspaceEdit(edits: readonly Edit[], snapshot: Snapshot, client: Client): WorkspaceEdit {
  const changes = [...new Set(edits.map((edit) => edit.path))].flatMap((path) => {
    const place = snapshot.place(path);
    if (!place) return [];
    const own = edits.filter((edit) => edit.path === path);
    return { ...place, edits: own.map((edit) => textEdit(place.text, edit, client.encoding)) };
  });
  if (!client.versionedEdits)
    return { changes: Object.fromEntries(changes.map(({ uri, edits }) => [uri, edits])) };
  return {
    documentChanges: changes.map(({ uri, version, edits }) => ({ textDocument: { uri, version }, edits })),
  };
}

/** Whether a kind of action is wanted: one that is asked for stands for all below it. */
function isAsked(kind: string, only: readonly string[] | undefined): boolean {
  return (
    only === undefined || only.some((asked) => asked === '' || kind === asked || kind.startsWith(`${asked}.`))
  );
}

function isSame(shown: Diagnostic, ours: Diagnostic): boolean {
  const sameRange = JSON.stringify(shown.range) === JSON.stringify(ours.range);
  return (
    shown.source === ours.source && shown.code === ours.code && sameRange && shown.message === ours.message
  );
}

function isActionData(data: unknown): data is ActionData {
  return (
    typeof data === 'object' &&
    data !== null &&
    'uri' in data &&
    ('fix' in data || 'fixAll' in data || 'refactoring' in data)
  );
}
