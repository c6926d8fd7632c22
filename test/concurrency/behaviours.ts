// Behaviours of whole packages, for tests that hold them to what they promise.

import { isConversion } from '../../analysis/callgraph/targets.ts';
import type { Behaviour } from '../../analysis/concurrency/ir.ts';
import { ownedBlocks } from '../../analysis/concurrency/loop-functions.ts';
import { lower } from '../../analysis/concurrency/lower.ts';
import { mayReach } from '../../analysis/concurrency/reach.ts';
import { factsOf } from '../../analysis/concurrency/relevance.ts';
import { checkBehaviour } from '../../analysis/concurrency/sanity.ts';
import { defaultConfig, type GoPackage, type Library } from '../../analysis/index.ts';
import { type Code, codeOf } from '../../analysis/model/code.ts';
import { worldOf } from '../../analysis/model/package-index.ts';
import { type Node, textOf } from '../../analysis/syntax/node.ts';
import { declarationOf } from '../../analysis/syntax/source-file.ts';
import { lineAt } from '../support/go.ts';

/** The declarations of a package that parse. */
export function codesOf(pkg: GoPackage, library: Library): readonly Code[] {
  const context = { pkg, world: worldOf(pkg, library), config: defaultConfig, codes: new Map() };
  return pkg.files.flatMap((file) =>
    file.declarations
      .filter(({ kind }) => kind !== 'package' && kind !== 'import')
      .flatMap((declaration) => codeOf(file, declaration, context) ?? []),
  );
}

/** The behaviours of the functions of one declaration, each lowered once. */
export function lowered(code: Code): (fn: Node) => Behaviour {
  const known = new Map<Node, Behaviour>();
  return (fn) => {
    const behaviour = known.get(fn) ?? lower(code, fn);
    known.set(fn, behaviour);
    return behaviour;
  };
}

/** What is wrong with the behaviours of a declaration, and what of its text they have lost. */
export function violationsOf(code: Code): readonly string[] {
  const behaviourOf = lowered(code);
  return code.functions.flatMap((fn) => {
    const loops = ownedBlocks(code, fn).loops.map(({ statement }) => statement);
    const behaviours = [fn, ...loops].map(behaviourOf);
    const at = `${code.file.path}, line ${lineAt(code.root.tree.text, fn.start)} of the declaration`;
    const wrong = behaviours.flatMap((behaviour) => checkBehaviour(behaviour, behaviourOf));
    const lost = lostFrom(code, fn, behaviours).map((node) => `${textOf(node)} is lost`);
    return [...wrong, ...lost].map((what) => `${at}: ${what}`);
  });
}

/** What the flow of a function evaluates of communications and followed calls that no operation stands for. */
function lostFrom(code: Code, fn: Node, behaviours: readonly Behaviour[]): readonly Node[] {
  const there = new Set<Node>();
  for (const { operations, ending } of behaviours.flatMap(({ blocks }) => blocks)) {
    for (const { at } of operations) there.add(at);
    if (ending.kind === 'select') for (const { at } of ending.cases) there.add(at);
  }
  const entries = code.flowOf(fn).blocks.flatMap((block) => block.nodes);
  return entries
    .flatMap((entry) => visibleIn(code, entry))
    .filter((node) => !there.has(node) && !there.has(communicationOf(node)));
}

/** The case of a `select` that an operation is the communication of; the operation itself elsewhere. */
function communicationOf(node: Node): Node {
  let at = node;
  while (at.parent?.kind === 'parenthesized_expression') at = at.parent;
  return at.parent?.kind === 'receive_statement' ? at.parent : node;
}

/** The sends, receives and followed calls of an entry in the order in which they are evaluated. */
export function visibleIn(code: Code, entry: Node): readonly Node[] {
  if (entry.kind === 'func_literal') return [];
  const inside = entry.children.flatMap((child) => visibleIn(code, child));
  return isVisible(code, entry) ? [...inside, entry] : inside;
}

function isVisible(code: Code, node: Node): boolean {
  if (node.kind === 'send_statement') return true;
  if (node.kind === 'unary_expression') return node.tree.text.startsWith('<-', node.start);
  if (node.kind !== 'call_expression' || isConversion(code, node)) return false;
  const name = code.calleeName(node);
  // Of what has no name, a function value is called.
  return name === '' || name === 'builtin.close' || code.functionNamed(name) !== undefined;
}

/** Declarations that can come to something which goroutines wait for, although their texts seem to say that they cannot. */
export function wronglyLeftOut(codes: readonly Code[]): readonly string[] {
  return codes.flatMap((code) => {
    const declaration = declarationOf(code.root);
    if (mayReach(code.pkg)(declaration) || !reachesMaker(code)) return [];
    return [`${code.file.path}: ${declaration.names.join()} is left out`];
  });
}

function reachesMaker(code: Code): boolean {
  const visited = new Set([code]);
  for (const at of visited) {
    for (const fn of at.functions) {
      const { makes, calls } = factsOf(at, fn);
      if (makes) return true;
      for (const callee of calls.flatMap((name) => at.functionNamed(name) ?? [])) visited.add(callee);
    }
  }
  return false;
}
