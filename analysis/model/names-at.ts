// What the edit layer asks of names, answered by the model.

import type { NamesAt } from '../edit/fix-builder.ts';
import { guessedPackageName, type ImportSpec, importsOf } from '../syntax/imports.ts';
import { isExported } from '../syntax/names.ts';
import { child, closest, type Node, nodesOf, textOf } from '../syntax/node.ts';
import { declarationOf, type SourceFile, treeOf } from '../syntax/source-file.ts';
import { type Code, type CodeContext, codeOf } from './code.ts';
import { indexOf, type World } from './package-index.ts';
import { packageName } from './resolve.ts';
import { scopesOf } from './scope.ts';

/**
 * Answers for a fix that starts from one declaration of a file and may edit all files of the package. `code` may be of
 * an earlier version of the file.
 */
export function namesAt(code: Code, file: SourceFile, context: CodeContext): NamesAt {
  const { pkg, world } = context;
  const holder = (node: Node): SourceFile => {
    const declaration = declarationOf(node);
    return pkg.files.find(({ declarations }) => declarations.includes(declaration)) ?? file;
  };
  return {
    meaning(name, at) {
      const own = at.tree === code.root.tree ? file : holder(at);
      const around = at.tree === code.root.tree ? code : codeOf(own, declarationOf(at), context);
      const binding = around?.lookup(name, at);
      if (binding?.importPath !== undefined) return { importPath: binding.importPath };
      // A dot import brings in exported names only.
      const mayBeHidden = isExported(name) && hasHiddenNames(own, world);
      return binding || mayBeHidden ? 'taken' : 'free';
    },
    usedBelow(name, at) {
      const block = closest(
        at.parent,
        'block',
        'expression_case',
        'type_case',
        'default_case',
        'communication_case',
      );
      const end = block?.end ?? at.tree.root.end;
      return nodesOf(at.tree, 'identifier', 'type_identifier', 'package_identifier').some(
        (node) => node.start >= at.start && node.end <= end && textOf(node) === name,
      );
    },
    packageLevel(name) {
      if (indexOf(pkg).find(name)) return 'declared';
      const isImported = pkg.files.some((f) =>
        importsOf(f).some((spec) => (spec.alias ?? packageName(spec.path, world)) === name),
      );
      return isImported ? 'imported' : 'free';
    },
    usesOfImport: (spec) => usesOfImport(holder(spec.node), spec),
  };
}

/** A dot import of a package that is not visible may declare any name. */
function hasHiddenNames(file: SourceFile, world: World): boolean {
  return importsOf(file).some((spec) => spec.alias === '.' && !world.packageAt(spec.path));
}

/** The identifiers in a file that stand for one of its imports. */
export function usesOfImport(file: SourceFile, spec: ImportSpec): readonly Node[] {
  const name = spec.alias ?? guessedPackageName(spec.path);
  return file.declarations.flatMap((declaration) => {
    if (declaration.kind === 'import' || !declaration.text.includes(name)) return [];
    const tree = treeOf(declaration);
    if (!tree) return [];
    const scopes = scopesOf(tree);
    return nodesOf(tree, 'package_identifier', 'identifier').filter(
      (node) => textOf(node) === name && isOperand(node) && !scopes.lookup(name, node, node.start),
    );
  });
}

function isOperand(node: Node): boolean {
  return (
    node.kind === 'package_identifier' ||
    (node.parent?.kind === 'selector_expression' && child(node.parent, 'operand') === node)
  );
}
