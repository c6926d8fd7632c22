// Whose code a file is: nobody wants to hear about code that is not theirs, and some files are not to be edited.

import type { GoModule } from '../analysis/index.ts';

/** Whether a file belongs to a dependency or to Go itself, where an editor goes to look at a definition. */
export function isForeign(path: string, module: GoModule | undefined, workspace: readonly string[]): boolean {
  if (/\/vendor\//.test(path)) return true;
  if (workspace.some((folder) => isWithin(path, folder))) return false;
  const inModuleCache = /\/[^/]+@v[0-9][^/]*\//.test(path);
  return inModuleCache || module?.path === 'std' || module?.path === 'cmd';
}

/** Whether fixes may change a file: test data is as it is on purpose. `root` is the folder of its go.mod. */
export function isEditable(path: string, root: string | undefined): boolean {
  const inside =
    root !== undefined && isWithin(path, root) ? path.slice(root.length) : path.slice(path.lastIndexOf('/'));
  const folders = inside.split('/').slice(1, -1);
  return !folders.some(
    (name) => name === 'testdata' || name === 'vendor' || name === 'node_modules' || /^[._]/.test(name),
  );
}

function isWithin(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
