// In which order the functions of a package are explored: those that are called before those that call them, so that
// nothing is spent on a function in which one disappears that was too much by itself.

import type { Code } from '../model/code.ts';
import type { Mention } from '../model/mentions.ts';
import { receiverOf } from '../model/package-index.ts';
import type { Declaration } from '../syntax/source-file.ts';
import { callsOf } from './relevance.ts';

type View = Pick<Code, 'pkg' | 'codeAt'>;

/** A declaration to explore, and what its functions call. */
export interface Caller {
  readonly root: Mention;
  /**
   * For each function of the declaration, in the order of `Code.functions`: the declarations to explore that it names
   * as what is called and that do not lead back here.
   */
  readonly callees: readonly (readonly Declaration[])[];
}

/** The declarations with those that they call before them; what calls one another stands in an order of its own. */
export function calleesFirst(code: View, roots: readonly Mention[]): readonly Caller[] {
  const byName = new Map<string, Mention>();
  for (const root of roots) byName.set(nameOf(code, root), root);
  const direct = new Map<Declaration, readonly (readonly Mention[])[]>();
  for (const root of roots) {
    const named = namedIn(code, root).map((names) => names.flatMap((name) => byName.get(name) ?? []));
    direct.set(root.declaration, named);
  }
  const component = new Map<Declaration, number>();
  const components = componentsOf(roots, ({ declaration }) => (direct.get(declaration) ?? []).flat());
  components.forEach((members, i) => {
    for (const { declaration } of members) component.set(declaration, i);
  });
  return components.flat().map((root) => ({
    root,
    callees: (direct.get(root.declaration) ?? []).map((called) =>
      called
        .map(({ declaration }) => declaration)
        .filter((declaration) => component.get(declaration) !== component.get(root.declaration)),
    ),
  }));
}

/** The name that a `Callee` has for a function or method. */
export function nameOf({ pkg }: Pick<View, 'pkg'>, { declaration }: Mention): string {
  const receiver = receiverOf(declaration);
  return `${pkg.importPath}.${receiver === undefined ? '' : `${receiver}.`}${declaration.names[0]}`;
}

/** Calls follow from the text of a declaration and the surface of its package. */
const remembered = new WeakMap<
  Declaration,
  { readonly surface: object; readonly names: readonly (readonly string[])[] }
>();

function namedIn({ pkg, codeAt }: View, root: Mention): readonly (readonly string[])[] {
  const known = remembered.get(root.declaration);
  if (known?.surface === pkg.surface) return known.names;
  const code = codeAt(root);
  const names = code ? code.functions.map((fn) => callsOf(code, fn)) : [];
  remembered.set(root.declaration, { surface: pkg.surface, names });
  return names;
}

interface Visit {
  readonly index: number;
  /** The first of those on the way here that can be reached from here. */
  low: number;
  isOpen: boolean;
}

/** The strongly connected components of a graph, each behind those that it leads to (Tarjan, 1972). */
function componentsOf<T>(nodes: readonly T[], next: (node: T) => readonly T[]): readonly (readonly T[])[] {
  const visits = new Map<T, Visit>();
  const open: T[] = [];
  const components: T[][] = [];
  const enter = (node: T): { readonly node: T; readonly visit: Visit; readonly rest: T[] } => {
    const visit = { index: visits.size, low: visits.size, isOpen: true };
    visits.set(node, visit);
    open.push(node);
    return { node, visit, rest: [...next(node)] };
  };
  for (const start of nodes) {
    const way = visits.has(start) ? [] : [enter(start)];
    for (let at = way.at(-1); at; at = way.at(-1)) {
      const following = at.rest.pop();
      const known = following === undefined ? undefined : visits.get(following);
      if (following !== undefined && !known) {
        way.push(enter(following));
        continue;
      }
      if (known?.isOpen) at.visit.low = Math.min(at.visit.low, known.index);
      if (following !== undefined) continue;
      way.pop();
      const before = way.at(-1);
      if (before) before.visit.low = Math.min(before.visit.low, at.visit.low);
      if (at.visit.low < at.visit.index) continue;
      const component = open.splice(open.indexOf(at.node));
      for (const member of component) (visits.get(member) as Visit).isOpen = false;
      components.push(component);
    }
  }
  return components;
}
