// Which modules a go.mod or go.work file brings into a build, as text says; nothing is resolved here.

/** A `replace` directive: the module (in that version, if one is named) is taken from elsewhere. */
export interface Replacement {
  readonly path: string;
  readonly version: string | undefined;
  /** A directory, starting with `.` or `/`, or a module path. */
  readonly target: string;
  readonly targetVersion: string | undefined;
}

export interface Requirements {
  /** Module path to version. Go 1.17 and later list every module that the build needs. */
  readonly requires: ReadonlyMap<string, string>;
  readonly replaces: readonly Replacement[];
  /** The directories of a go.work file's `use` directives. */
  readonly uses: readonly string[];
}

/** Reads the directives of a go.mod or go.work text; lines that cannot be read are passed over. */
export function parseRequirements(text: string): Requirements {
  const requires = new Map<string, string>();
  const replaces: Replacement[] = [];
  const uses: string[] = [];
  let block: string | undefined;
  for (const raw of text.split('\n')) {
    const words = raw
      .replace(/\/\/.*$/, '')
      .trim()
      .split(/\s+/)
      .map(unquote);
    if (words[0] === '' || words[0] === undefined) continue;
    if (words[0] === ')') {
      block = undefined;
      continue;
    }
    if (words[1] === '(') {
      block = words[0];
      continue;
    }
    const [directive, ...args] = block === undefined ? words : [block, ...words];
    if (directive === 'require' && args[0] && args[1]) requires.set(args[0], args[1]);
    else if (directive === 'use' && args[0]) uses.push(args[0]);
    else if (directive === 'replace') {
      const arrow = args.indexOf('=>');
      const [path, version] = args.slice(0, arrow);
      const [target, targetVersion] = args.slice(arrow + 1);
      if (arrow > 0 && path && target) replaces.push({ path, version, target, targetVersion });
    }
  }
  return { requires, replaces, uses };
}

/** The name of a module path or version in the module cache, where `!a` stands for `A`. */
export function escapedModulePath(path: string): string {
  return path.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

function unquote(word: string): string {
  return /^".*"$|^`.*`$/.test(word) ? word.slice(1, -1) : word;
}
