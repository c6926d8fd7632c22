// npm run inspect -- tree|flow|types|calls|behaviour|findings file.go: what analysis makes of a file, for someone who writes a rule.

import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { defaultConfig, type GoPackage, goPackages, type SourceFile, sourceFile } from '../analysis/index.ts';
import { codeOf } from '../analysis/model/code.ts';
import { worldOf } from '../analysis/model/package-index.ts';
import { findGoModule, readGoFile } from '../analysis/node/files.ts';
import { loadRuntime } from '../analysis/node/runtime.ts';
import { type View, views } from './inspect-views.ts';

const [wanted = '', path] = process.argv.slice(2);
const view: View | undefined = views[wanted];
if (!view || !path) {
  console.error(`usage: npm run inspect -- ${Object.keys(views).join('|')} file.go`);
  process.exit(2);
}

const library = await loadRuntime();
const { file, pkg } = load(path);
const context = { pkg, world: worldOf(pkg, library), config: defaultConfig, codes: new Map() };
const codes = file.declarations.flatMap((declaration, i) => {
  if (declaration.kind === 'package' || declaration.kind === 'import') return [];
  const code = codeOf(file, declaration, context);
  if (!code)
    console.log(
      `offset ${file.starts[i]}: ${declaration.kind} ${declaration.names.join(', ')} does not parse\n`,
    );
  return code ? [code] : [];
});
console.log(view({ file, pkg, library, codes }));

/** The file with the package that it belongs to. */
function load(goFile: string): { file: SourceFile; pkg: GoPackage } {
  const directory = dirname(goFile);
  const files = readdirSync(directory)
    .filter((name) => name.endsWith('.go'))
    .flatMap((name): SourceFile[] => {
      const read = readGoFile(join(directory, name));
      return 'text' in read ? [sourceFile(join(directory, name), read.text)] : [];
    });
  const module = findGoModule(directory, new Map());
  const packages = goPackages(
    { path: directory, files, module: module && 'path' in module ? module : undefined },
    { os: 'linux', arch: 'amd64', tags: [], cgo: true },
  );
  const found = packages.find((p) => p.files.some((f) => f.path === join(directory, basename(goFile))));
  const own = found?.files.find((f) => f.path === join(directory, basename(goFile)));
  if (!found || !own) throw new Error(`${goFile} is no Go file with a package clause that can be read`);
  return { file: own, pkg: found };
}
