// What was found in versions of a function, kept for when the function is like one of them again: a statement that is
// being typed is valid Go at one keystroke, not at the next, and then valid again.

import type { Code } from '../model/code.ts';
import type { Mention } from '../model/mentions.ts';
import { type Changed, holdsAlike, type Recorded } from '../model/reads.ts';
import { outlineOf } from './outline.ts';

type View = Pick<Code, 'pkg' | 'codeAt'>;

/** Functions by name, those that were looked at last at the end, with their versions, the newest first. */
type Versions<T> = Map<string, readonly Recorded<T>[]>;

const mostFunctions = 128;
const mostVersions = 8;

/** A memory of versions for each surface of a package. */
export interface VersionMemory<T> {
  /** What was found in a version of the function that explorations do not tell from this one. */
  recall(view: View, name: string, isWanted: (value: T) => boolean): Recorded<T> | undefined;
  keep(view: View, name: string, version: Recorded<T>): void;
}

export function versionMemory<T>(): VersionMemory<T> {
  const bySurface = new WeakMap<object, Versions<T>>();
  const versionsOf = ({ pkg }: View): Versions<T> => {
    const versions: Versions<T> = bySurface.get(pkg.surface) ?? new Map();
    bySurface.set(pkg.surface, versions);
    return versions;
  };
  const keepAll = (versions: Versions<T>, name: string, kept: readonly Recorded<T>[]): void => {
    versions.delete(name);
    versions.set(name, kept.slice(0, mostVersions));
    if (versions.size > mostFunctions) versions.delete(versions.keys().next().value as string);
  };
  return {
    recall(view, name, isWanted) {
      const versions = versionsOf(view);
      const known = versions.get(name) ?? [];
      for (const version of known) {
        const now =
          isWanted(version.value) && holdsAlike(version, view.pkg, (changed) => looksTheSame(view, changed));
        if (!now) continue;
        keepAll(versions, name, [now, ...known.filter((other) => other !== version)]);
        return now;
      }
      return undefined;
    },
    keep(view, name, version) {
      const versions = versionsOf(view);
      keepAll(versions, name, [version, ...(versions.get(name) ?? [])]);
    },
  };
}

/** Two that do not parse look the same: nothing is known of either. */
function looksTheSame(view: View, { old, now }: Changed): boolean {
  if (!now) return false;
  const [before, after] = [drawn(view, old), drawn(view, now)];
  return before !== undefined && before === after;
}

function drawn({ codeAt }: View, mention: Mention): string | undefined {
  const code = codeAt(mention);
  return code ? outlineOf(code) : '';
}
