// Which files a build configuration takes: file name suffixes and //go:build lines, as go/build reads them.

import type { SourceFile } from '../syntax/source-file.ts';
import { compareVersions } from './go-mod.ts';

/** The build configuration that decides which files belong to a package. */
export interface BuildTarget {
  /** GOOS and GOARCH: `linux`, `amd64`. */
  readonly os: string;
  readonly arch: string;
  /** Extra build tags that hold. */
  readonly tags: readonly string[];
  readonly cgo: boolean;
}

/**
 * The last Go release whose tag holds: a file for `go1.N` with a larger N is not built. It is the release of the
 * standard library's table, so that code is read with the library that it is written for.
 */
export const newestRelease = 26;

const systems = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos'.split(
    ' ',
  ),
);
const architectures = new Set(
  '386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm'.split(
    ' ',
  ),
);
const unix = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris'.split(' '),
);

type Constraint =
  | { readonly kind: 'tag'; readonly name: string }
  | { readonly kind: 'not'; readonly operand: Constraint }
  | { readonly kind: 'and' | 'or'; readonly left: Constraint; readonly right: Constraint };

/** Whether the file takes part in a build for the target. A constraint that cannot be read does not exclude it. */
export function isBuilt(file: SourceFile, target: BuildTarget): boolean {
  if (!nameMatches(file.path, target)) return false;
  const constraint = constraintOf(file);
  return !constraint || holds(constraint, target);
}

/** Whether there are builds that leave the file out, so that another file may declare the same names. */
export function isConstrained(file: SourceFile): boolean {
  const { os, arch } = askedByName(file.path);
  return constraintOf(file) !== undefined || os !== undefined || arch !== undefined;
}

/**
 * The Go version that a `//go:build go1.N` line sets for its file (loop variables, for instance, follow it), as
 * `major.minor`; undefined if the line sets none. Only a version that the line requires counts.
 */
export function fileGoVersion(file: SourceFile): string | undefined {
  const constraint = constraintOf(file);
  return constraint && minimumVersion(constraint);
}

const memo = new WeakMap<SourceFile, Constraint | null>();

function constraintOf(file: SourceFile): Constraint | undefined {
  let constraint = memo.get(file);
  if (constraint === undefined) {
    const line = buildLine(file);
    constraint = (line && parseConstraint(line)) || null;
    memo.set(file, constraint);
  }
  return constraint ?? undefined;
}

/** The expression of the `//go:build` comment before the package clause. */
function buildLine(file: SourceFile): string | undefined {
  const clause = file.starts[file.declarations.findIndex((d) => d.kind === 'package')] ?? 0;
  for (let i = 0; i + 1 < file.comments.length; i += 2) {
    const start = file.comments[i] as number;
    if (start >= clause) return undefined;
    const comment = file.text.slice(start, file.comments[i + 1]);
    if (/^\/\/go:build\s/.test(comment)) return comment.slice('//go:build'.length);
  }
  return undefined;
}

function parseConstraint(text: string): Constraint | undefined {
  const tokens = text.match(/&&|\|\||[!()]|[^\s!()&|]+/g) ?? [];
  let at = 0;
  const or = (): Constraint | undefined => binary('or', '||', and);
  const and = (): Constraint | undefined => binary('and', '&&', not);
  const binary = (
    kind: 'and' | 'or',
    token: string,
    next: () => Constraint | undefined,
  ): Constraint | undefined => {
    let left = next();
    while (left && tokens[at] === token) {
      at++;
      const right = next();
      left = right && { kind, left, right };
    }
    return left;
  };
  const not = (): Constraint | undefined => {
    const token = tokens[at++];
    if (token === '!') {
      const operand = not();
      return operand && { kind: 'not', operand };
    }
    if (token === '(') {
      const inner = or();
      return tokens[at++] === ')' ? inner : undefined;
    }
    return token === undefined || /^[)&|]/.test(token) ? undefined : { kind: 'tag', name: token };
  };
  const result = or();
  return at === tokens.length ? result : undefined;
}

function holds(constraint: Constraint, target: BuildTarget): boolean {
  switch (constraint.kind) {
    case 'tag':
      return tagHolds(constraint.name, target);
    case 'not':
      return !holds(constraint.operand, target);
    case 'and':
      return holds(constraint.left, target) && holds(constraint.right, target);
    case 'or':
      return holds(constraint.left, target) || holds(constraint.right, target);
  }
}

function tagHolds(tag: string, target: BuildTarget): boolean {
  const release = /^go1\.([0-9]+)$/.exec(tag)?.[1];
  if (release !== undefined) return Number(release) <= newestRelease;
  if (tag === 'gc') return true;
  if (tag === 'cgo') return target.cgo;
  if (tag === 'unix') return unix.has(target.os);
  if (tag === target.arch || target.tags.includes(tag)) return true;
  return systems.has(tag) && systemMatches(tag, target.os);
}

/** Android builds take linux files, illumos takes solaris files and iOS takes darwin files. */
function systemMatches(wanted: string, os: string): boolean {
  return (
    wanted === os ||
    (wanted === 'linux' && os === 'android') ||
    (wanted === 'solaris' && os === 'illumos') ||
    (wanted === 'darwin' && os === 'ios')
  );
}

/** The system and the architecture that the name of a file asks for. */
function askedByName(path: string): { readonly os?: string | undefined; readonly arch?: string } {
  const base = path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.go$/, '')
    .replace(/_test$/, '');
  // Everything before the first underscore is never a suffix: `linux.go` is built everywhere.
  const parts = base.split('_').slice(1);
  const [before, last] = [parts.at(-2), parts.at(-1)];
  if (last === undefined) return {};
  if (!architectures.has(last)) return systems.has(last) ? { os: last } : {};
  return { arch: last, os: before !== undefined && systems.has(before) ? before : undefined };
}

function nameMatches(path: string, target: BuildTarget): boolean {
  const { os, arch } = askedByName(path);
  return (arch === undefined || arch === target.arch) && (os === undefined || systemMatches(os, target.os));
}

function minimumVersion(constraint: Constraint): string | undefined {
  switch (constraint.kind) {
    case 'tag':
      return /^go(1\.[0-9]+)$/.exec(constraint.name)?.[1];
    case 'not':
      return undefined;
    case 'and': {
      const [left, right] = [minimumVersion(constraint.left), minimumVersion(constraint.right)];
      return left && right ? (compareVersions(left, right) > 0 ? left : right) : (left ?? right);
    }
    case 'or': {
      const [left, right] = [minimumVersion(constraint.left), minimumVersion(constraint.right)];
      return left && right ? (compareVersions(left, right) < 0 ? left : right) : undefined;
    }
  }
}
