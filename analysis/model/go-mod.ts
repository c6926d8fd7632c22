/** What goleash needs to know of a go.mod file. */
export interface GoModule {
  /** The module path: `example.com/m`. */
  readonly path: string;
  /** The directory of go.mod, with `/` separators, no trailing one. */
  readonly directory: string;
  /** `major.minor` of the go directive; Go takes `1.16` if there is none. */
  readonly goVersion: string;
}

const moduleDirective = /^\s*module\s+(?:"([^"]+)"|`([^`]+)`|([^\s"`(]+))\s*$/m;
const moduleBlock = /^\s*module\s*\(\s*(?:"([^"]+)"|([^\s"()]+))\s*\)/m;
const goDirective = /^\s*go\s+"?([0-9]+\.[0-9]+)[^\s"]*"?\s*$/m;

/** Reads a go.mod text; undefined if it has no module directive. */
export function parseGoMod(text: string, directory: string): GoModule | undefined {
  const bare = text.replace(/^\uFEFF/, '').replace(/\/\/[^\n]*/g, '');
  const found = moduleDirective.exec(bare) ?? moduleBlock.exec(bare);
  const path = found?.slice(1).find((part) => part !== undefined);
  if (!path) return undefined;
  return { path, directory, goVersion: goDirective.exec(bare)?.[1] ?? '1.16' };
}

/** Compares two `major.minor` versions by number: negative if `a` is older. */
export function compareVersions(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number);
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number);
  return aMajor - bMajor || aMinor - bMinor;
}
