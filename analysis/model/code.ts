// What a rule sees: one top-level declaration in its package, with names, types and control flow on demand.

import type { Config } from '../config.ts';
import { buildFlow } from '../flow/build.ts';
import type { Flow } from '../flow/flow.ts';
import { type ImportSpec, importsOf } from '../syntax/imports.ts';
import { child, isFunction, type Node, nodesOf, type Tree, textOf } from '../syntax/node.ts';
import { type Declaration, isTestFile, type SourceFile, treeOf } from '../syntax/source-file.ts';
import { fileGoVersion } from './build-constraint.ts';
import { type Callee, isCall } from './calls.ts';
import { constantOf } from './constants.ts';
import { compareVersions } from './go-mod.ts';
import { type Implementations, implementationsOf } from './implementations.ts';
import { typeOfLiteral } from './literals.ts';
import { type Member, memberOf } from './members.ts';
import { type Mention, mentionsIn } from './mentions.ts';
import { neverReturns } from './never-returns.ts';
import type { GoPackage } from './package.ts';
import { type Entity, indexOf, type World } from './package-index.ts';
import { readBody, readFile } from './reads.ts';
import { typeOfNode, underlying } from './resolve.ts';
import type { Binding } from './scope.ts';
import { type Typer, typeOfEntity, typerOf } from './typer.ts';
import { type Type, unknown } from './types.ts';

/**
 * One declaration as rules see it. Everything is computed on first use and memoised. What is read of other bodies or
 * of the file is noted as `reads.ts` says; all else follows from this declaration and the surface of the package.
 */
export interface Code {
  /** What follows from its text or comments is found again after each edit of the file; `imports` costs nothing. */
  readonly file: SourceFile;
  readonly imports: readonly ImportSpec[];
  readonly pkg: GoPackage;
  readonly config: Config;
  /** `function_declaration`, `method_declaration` or `var_declaration`. */
  readonly root: Node;
  /** The declaration itself, if it is a function with a body, and its function literals, in source order. */
  readonly functions: readonly Node[];
  /** All calls in source order, the outer before the inner; conversions are none, whatever the grammar takes them for. */
  readonly calls: readonly Node[];
  /** In a file whose name ends in `_test.go`. */
  readonly isTest: boolean;
  /** Whether the file's Go version is at least this `major.minor`; without a go.mod every version is. */
  goAtLeast(version: string): boolean;
  /** What an identifier stands for; undefined for field names and for what is not resolved. */
  bindingOf(identifier: Node): Binding | undefined;
  /** What `name` would stand for if it were written at the start of `at`. */
  lookup(name: string, at: Node): Binding | undefined;
  /** All identifiers in this declaration that stand for the binding, its declaration included, in source order. */
  usesOf(binding: Binding): readonly Node[];
  /** The type of an expression (`tuple` for a call with several results), `unknown` if not wholly visible. */
  typeOf(expression: Node): Type;
  typeOfBinding(binding: Binding): Type;
  /** The type of a composite literal, told by its `literal_value`: one inside another can leave its type out. */
  typeOfLiteral(literal: Node): Type;
  /** The type that a type expression denotes. */
  typeOfTypeNode(node: Node): Type;
  /** The type under a declared type; `unknown` if its declaration is not visible. */
  underlyingOf(type: Type): Type;
  /** `net/http.DefaultClient`: the package-level object that a selector or identifier names. */
  objectName(expression: Node): string | undefined;
  /** The package-level object itself, where its declaration is visible. */
  entityOf(expression: Node): Entity | undefined;
  /** The field or method that a selector selects; undefined for `pkg.Name` and if it is not wholly visible. */
  memberOf(selector: Node): Member | undefined;
  /** The field or method of that name that a value of the type has. */
  memberOfType(type: Type, name: string): Member | undefined;
  /** The methods of this package that a call of an interface's method can reach, by the types that have them all. */
  implementationsOf(type: Type, method: string): Implementations;
  /** What a call calls; undefined if unknown, also for conversions and function-typed variables. */
  calleeOf(call: Node): Callee | undefined;
  /** `calleeOf(call)?.name`, or `''`. */
  calleeName(call: Node): string;
  /** The value of a constant expression of integer or string kind, if it is visible. */
  constantOf(expression: Node): bigint | string | undefined;
  /** The control flow of a function declaration, method or literal that has a body. */
  flowOf(fn: Node): Flow;
  /** The functions, methods and variables of the package whose text contains the words as such, as `Code`. */
  packageCode(mentioning: string): readonly Code[];
  /** A declaration of the package, as `Code`; undefined if it does not parse. */
  codeAt(mention: Mention): Code | undefined;
  /** The function that is called, as `Code`, if it is declared in this package with a body. */
  bodyOf(callee: Pick<Callee, 'declaration'>): Code | undefined;
  /** A function or method with a body of this package, by the name that a `Callee` has. */
  functionNamed(name: string): Code | undefined;
}

/** What is the same for all declarations of one analysis. */
export interface CodeContext {
  readonly pkg: GoPackage;
  readonly world: World;
  readonly config: Config;
  /** What was already made, for each declaration of the package. */
  readonly codes: Map<Declaration, Code>;
}

const newest = '99.0';

/** The view of a declaration, the same one for all rules; undefined if it does not parse. */
export function codeOf(file: SourceFile, declaration: Declaration, context: CodeContext): Code | undefined {
  const known = context.codes.get(declaration);
  if (known) return known;
  const made = makeCode(file, declaration, context);
  if (made) context.codes.set(declaration, made);
  return made;
}

function makeCode(file: SourceFile, declaration: Declaration, context: CodeContext): Code | undefined {
  const tree = treeOf(declaration);
  if (!tree) return undefined;
  const { pkg, world, config } = context;
  const typer = typerOf(tree, file, indexOf(pkg), world);
  const version = fileGoVersion(file) ?? pkg.module?.goVersion ?? newest;
  const flows = new Map<Node, Flow>();
  let functions: readonly Node[] | undefined;
  let calls: readonly Node[] | undefined;
  const code: Code = {
    get file() {
      readFile(file);
      return file;
    },
    get imports() {
      return importsOf(file);
    },
    pkg,
    config,
    root: tree.root,
    get functions() {
      functions ??= functionsOf(tree);
      return functions;
    },
    get calls() {
      calls ??= callsOf(tree, typer);
      return calls;
    },
    isTest: isTestFile(file),
    goAtLeast: (wanted) => compareVersions(version, wanted) >= 0,
    bindingOf: typer.bindingOf,
    lookup: typer.lookup,
    usesOf: (binding) => usesOf(binding, typer, tree.root),
    typeOf: typer.typeOf,
    typeOfBinding: (binding) => typeOfBinding(binding, typer),
    typeOfLiteral: (literal) => typeOfLiteral(literal, typer.place),
    typeOfTypeNode: (node) => typeOfNode(node, typer.place),
    underlyingOf: (type) => underlying(type, world),
    objectName(expression) {
      const object = typer.objectOf(expression);
      return object && `${object.importPath}.${object.name}`;
    },
    entityOf: (expression) => typer.objectOf(expression)?.entity,
    memberOf(selector) {
      const operand = child(selector, 'operand');
      const field = child(selector, 'field');
      if (selector.kind !== 'selector_expression' || !operand || !field || typer.objectOf(selector))
        return undefined;
      return memberOf(typer.typeOf(operand), textOf(field), world);
    },
    memberOfType: (type, name) => memberOf(type, name, world),
    implementationsOf: (type, method) => implementationsOf(type, method, pkg, world),
    calleeOf: typer.calleeOf,
    calleeName: (call) => typer.calleeOf(call)?.name ?? '',
    constantOf: (expression) => constantOf(expression, typer),
    flowOf(fn) {
      let flow = flows.get(fn);
      if (!flow) {
        flow = buildFlow(fn, (call) => neverReturns(code.calleeName(call)));
        flows.set(fn, flow);
      }
      return flow;
    },
    packageCode: (mentioning) =>
      mentionsIn(pkg, mentioning).flatMap((found) => codeOf(found.file, found.declaration, context) ?? []),
    codeAt: ({ file: other, declaration: wanted }) => codeOf(other, wanted, context),
    functionNamed(name) {
      const own = `${pkg.importPath}.`;
      const [first = '', second] = name.startsWith(own) ? name.slice(own.length).split('.') : [];
      const index = indexOf(pkg);
      const entity = second === undefined ? index.find(first) : index.method(first, second);
      return entity?.kind === 'function' ? code.bodyOf({ declaration: entity }) : undefined;
    },
    bodyOf(callee) {
      const at = callee.declaration;
      if (!at || at.declaration.body < 0 || !pkg.files.includes(at.file)) return undefined;
      readBody(at.declaration);
      return codeOf(at.file, at.declaration, context);
    },
  };
  return code;
}

function functionsOf(tree: Tree): readonly Node[] {
  return nodesOf(tree, 'function_declaration', 'method_declaration', 'func_literal').filter(
    (fn) => isFunction(fn) && fn.children.some((c) => c.field === 'body'),
  );
}

/** The grammar reads `f[T](x)` as the conversion of one value to a generic type. */
function callsOf(tree: Tree, typer: Typer): readonly Node[] {
  const calls = nodesOf(tree, 'call_expression');
  const others = nodesOf(tree, 'type_conversion_expression').filter((node) => isCall(node, typer));
  return others.length === 0
    ? calls
    : [...calls, ...others].sort((a, b) => a.start - b.start || b.end - a.end);
}

function typeOfBinding(binding: Binding, typer: Typer): Type {
  if (binding.declaredAt) return typer.typeOfBinding(binding);
  const entity = binding.scope === 'package' ? typer.place.index.find(binding.name) : undefined;
  return entity ? typeOfEntity(entity, typer.place.world) : unknown;
}

function usesOf(binding: Binding, typer: Typer, root: Node): readonly Node[] {
  return nodesOf(root.tree, 'identifier', 'type_identifier', 'package_identifier')
    .filter((identifier) => textOf(identifier) === binding.name && typer.bindingOf(identifier) === binding)
    .sort((a, b) => a.start - b.start);
}
