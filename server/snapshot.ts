// What analysis says about one open document at one moment.

import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  analyze,
  type Config,
  type Crash,
  type Finding,
  type GoPackage,
  isRelevant,
  type Library,
  type SourceFile,
} from '../analysis/index.ts';
import { maxFileSize } from '../analysis/node/files.ts';
import type { Place } from './convert.ts';
import { fileOf, type OpenDocument } from './documents.ts';
import { type Folder, packagesOf } from './folders.ts';
import { isEditable, isForeign } from './ownership.ts';
import { uriOfPath } from './uri.ts';

/** One version of a document with the findings in it, and all that is needed to show and to repair them. */
export interface Snapshot {
  readonly document: OpenDocument;
  readonly version: number;
  readonly file: SourceFile;
  readonly config: Config;
  /** Undefined if the document is not analysed: then it has no findings. */
  readonly analysed: Analysed | undefined;
  /** Sorted by offset. Those in a file that is not edited carry no fixes. */
  readonly findings: readonly Finding[];
  readonly crashes: readonly Crash[];
  /** What refactorings work on, also where no rule has anything to say; undefined as `analysed` is. */
  subject(): Analysed | undefined;
  /** Why a file of the package must not be edited; undefined if it may be. */
  lockedBy(path: string): string | undefined;
  /** Where the client finds a file that findings and fixes name; undefined for a file that is not in the package. */
  place(path: string): Place | undefined;
}

interface Analysed {
  readonly pkg: GoPackage;
  readonly library: Library;
}

/** What a snapshot is taken of. */
export interface View {
  readonly document: OpenDocument;
  readonly folder: Folder;
  /** The open documents of the folder, this one among them. */
  readonly open: readonly OpenDocument[];
  /** The paths of the workspace folders. */
  readonly workspace: readonly string[];
}

const latest = new WeakMap<OpenDocument, Snapshot>();

/** Analyses the document as it is now, unless that is done already. Throws only if analysis itself does. */
export function takeSnapshot(view: View): Snapshot {
  const { document, folder } = view;
  const { version } = document.text;
  const file = fileOf(document);
  const { config } = folder.settings;
  const isOurs = isOwn(view, file);
  const analysed = isOurs && isRelevant(file.text) ? packageOf(view, file) : undefined;
  const subject = () => analysed ?? (isOurs ? packageOf(view, file) : undefined);
  const last = latest.get(document);
  const isSame = last?.file === file && last.version === version && last.config === config;
  // Other files may have changed where the analysis did not look at them.
  if (isSame && last.analysed?.pkg === analysed?.pkg)
    return { ...last, subject, place: placesIn(() => subject()?.pkg, view.open) };
  const { findings, crashes } = analysed
    ? analyze(analysed.pkg, { config, library: analysed.library, only: new Set([file.path]) })
    : { findings: [], crashes: [] };
  const editable = isEditable(file.path, folder.module?.directory);
  const snapshot: Snapshot = {
    document,
    version,
    file,
    config,
    analysed,
    findings: editable ? findings : findings.map((finding) => ({ ...finding, fixes: [] })),
    crashes,
    subject,
    lockedBy: (path) => lockedBy(view, path),
    place: placesIn(() => subject()?.pkg, view.open),
  };
  latest.set(document, snapshot);
  return snapshot;
}

function lockedBy({ folder: { module, settings } }: View, path: string): string | undefined {
  if (!isEditable(path, module?.directory)) return 'it is not your own code';
  return settings.excludes(path, false) ? 'the configuration excludes it' : undefined;
}

function isOwn({ document, folder, workspace }: View, file: SourceFile): boolean {
  if (!document.inSync || file.text.length > maxFileSize) return false;
  if (document.directory === undefined) return true;
  return !isForeign(file.path, folder.module, workspace) && !folder.settings.excludes(file.path, false);
}

/** The package of the file: a new object whenever the file, its package or what they import has changed. */
function packageOf({ folder, open }: View, file: SourceFile): Analysed | undefined {
  if (!folder.engine) return undefined;
  const files = open.filter((document) => document.inSync).map(fileOf);
  const pkg = packagesOf(folder, files, folder.engine).find(({ files: own }) => own.includes(file));
  return pkg && { pkg, library: folder.engine.library };
}

const texts = new WeakMap<SourceFile, TextDocument>();

function placesIn(pkg: () => GoPackage | undefined, open: readonly OpenDocument[]): Snapshot['place'] {
  return (path) => {
    const document = open.find((other) => other.path === path);
    if (document) return { uri: document.uri, version: document.text.version, text: document.text };
    const file = pkg()?.files.find((other) => other.path === path);
    if (!file) return undefined;
    const uri = uriOfPath(path);
    const text = texts.get(file) ?? TextDocument.create(uri, 'go', 0, file.text);
    texts.set(file, text);
    return { uri, version: null, text };
  };
}
