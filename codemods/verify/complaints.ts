// What `go build` and `go vet` say, as data.

import { basename, dirname, isAbsolute, join } from 'node:path';
import { isCopy } from './overlay.ts';
import { jsonValues } from './packages.ts';

export interface Complaint {
  /** Which command says it. */
  readonly by: 'build' | 'vet';
  /**
   * `load`: packages are missing, and so nothing at all was built; `compile`: the package does not compile, and so was
   * not vetted; `vet`: a diagnostic of go vet; `unfinished`: the go command was ended before it had an answer.
   */
  readonly kind: 'load' | 'compile' | 'vet' | 'unfinished';
  /** The folder of the package, with `/` separators; `''` if it cannot be told. */
  readonly folder: string;
  /** Equal for the same complaint about code that has moved. */
  readonly key: string;
  /** Where it is in the patched files, with the absolute path; undefined if it is nowhere. */
  readonly at: { readonly path: string; readonly line: number } | undefined;
  /** As a person reads it: `a/a.go:5:2: …`, with the path relative to where the go command ran. */
  readonly text: string;
}

/** Where the go command ran, and the folder of an import path that it may name. */
export interface Naming {
  readonly folder: string;
  folderOf(importPath: string): string | undefined;
}

const place = /^(?:vet: )?((?:[A-Za-z]:)?[^:\s][^:]*\.\w+):(\d+)(?::(\d+))?: (.*)$/;

/** Reads what the compiler says: blocks of lines below `# package`, and lines before the first about loading. */
export function compilerComplaints(text: string, naming: Naming): readonly Complaint[] {
  return complaintsIn(text, naming, 'build');
}

function complaintsIn(text: string, naming: Naming, by: Complaint['by']): readonly Complaint[] {
  const complaints: Complaint[] = [];
  let header: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const heading = /^# \[?([^\s\]]+)/.exec(line)?.[1];
    const last = complaints.at(-1);
    if (heading !== undefined) header = heading;
    else if (/^\s/.test(line) && last) complaints[complaints.length - 1] = continued(last, line);
    else if (line !== '' && !isNoise(line)) complaints.push({ by, ...complaintOf(line, header, naming) });
  }
  return complaints;
}

function isNoise(line: string): boolean {
  return /^(?:too many errors|note: module requires Go|go: downloading |go: finding )|^(?:vet: )?\S+: too many errors$/.test(
    line,
  );
}

function continued(complaint: Complaint, line: string): Complaint {
  return { ...complaint, text: `${complaint.text}\n${line}` };
}

function complaintOf(line: string, header: string | undefined, naming: Naming): Omit<Complaint, 'by'> {
  const kind = header === undefined ? 'load' : 'compile';
  const [, file, row, column, message = line] = place.exec(line) ?? [];
  const named = header === undefined ? undefined : naming.folderOf(withoutTest(header));
  const shown = file === undefined ? '' : originalOf(file, named);
  if (file === undefined)
    return { kind, folder: named ?? '', key: keyOf(kind, '', line), at: undefined, text: line };
  return {
    kind,
    folder: named ?? folderOfFile(file, naming),
    key: keyOf(kind, file, message),
    at: { path: absolute(shown, naming), line: Number(row) },
    text: `${shown}:${row}${column === undefined ? '' : `:${column}`}: ${message}`,
  };
}

function folderOfFile(file: string, naming: Naming): string {
  return dirname(absolute(file, naming));
}

function absolute(file: string, { folder }: Naming): string {
  return (isAbsolute(file) ? file : join(folder, file)).replaceAll('\\', '/');
}

/** `m/a_test` is the package of the external tests of `m/a`, `m/a.test` their program, `m/a [m/a.test]` is as they see it. */
function withoutTest(importPath: string): string {
  return importPath.replace(/ \[.*\]$/, '').replace(/[_.]test$/, '');
}

interface VetDiagnostic {
  readonly posn: string;
  readonly message: string;
}

/** Reads the output of `go vet -json`: objects of diagnostics by package and analyzer, and what the compiler says. */
export function vetComplaints(text: string, naming: Naming): readonly Complaint[] {
  const json = /^\{(?:\}|\n[\s\S]*?^\})$/gm;
  const complaints = new Map<string, Complaint>();
  for (const value of jsonValues(text)) {
    const packages = value as Record<string, Record<string, unknown>>;
    for (const [path, analyzers] of Object.entries(packages)) {
      const folder = naming.folderOf(withoutTest(path));
      for (const [analyzer, diagnostics] of Object.entries(analyzers)) {
        // What stands there instead of a list is an error of the analyzer itself.
        if (!Array.isArray(diagnostics)) continue;
        for (const diagnostic of diagnostics as VetDiagnostic[]) {
          const complaint = vetComplaint(
            analyzer,
            diagnostic,
            folder ?? folderOfFile(diagnostic.posn, naming),
          );
          // A file is vetted twice: with the tests of its package and without.
          complaints.set(complaint.text, complaint);
        }
      }
    }
  }
  return [...complaints.values(), ...complaintsIn(text.replace(json, ''), naming, 'vet')];
}

function vetComplaint(analyzer: string, { posn, message }: VetDiagnostic, folder: string): Complaint {
  const [, file = posn, at = ''] = /^(.*?\.\w+)(:\d.*)$/.exec(posn) ?? [];
  return {
    by: 'vet',
    kind: 'vet',
    folder,
    key: keyOf('vet', file, `${analyzer}: ${message}`),
    at: { path: originalOf(file, folder).replaceAll('\\', '/'), line: Number(at.split(':')[1]) },
    text: `${originalOf(file, folder)}${at}: ${message} (vet: ${analyzer})`,
  };
}

/** The path of a file of a package, where the go command may name a copy of it. */
function originalOf(file: string, folder: string | undefined): string {
  return folder !== undefined && isCopy(file) ? `${folder}/${basename(file)}` : file;
}

/** Without the numbers of lines, in the message too: code above the place may have changed. */
function keyOf(kind: Complaint['kind'], file: string, message: string): string {
  const text = message.replace(/\bline \d+/g, 'line N').replace(/(\.go):\d+(?::\d+)?/g, '$1');
  return `${kind} ${basename(file)}: ${text}`;
}

/** The complaints that are not among those before, each counted as often as it comes. */
export function newComplaints(before: readonly Complaint[], now: readonly Complaint[]): readonly Complaint[] {
  const known = before.map(({ key }) => key);
  return now.filter(({ key }) => {
    const index = known.indexOf(key);
    if (index >= 0) known.splice(index, 1);
    return index < 0;
  });
}
