// Fields and methods of a type, promoted ones included ("Selectors" in the Go specification).

import type { Entity, World } from './package-index.ts';
import { placeOf, signatureOf, underlying } from './resolve.ts';
import { substitute } from './substitute.ts';
import { typeParameterNames } from './type-parameters.ts';
import { deref, type Field, type FunctionType, type Type } from './types.ts';

export type Member =
  | {
      readonly kind: 'field';
      readonly name: string;
      readonly type: Type;
      /** `net/http.Client` for a field of that package-level struct type; undefined for any other struct. */
      readonly owner: string | undefined;
      /** The embedded fields on the way to it, for a promoted one. */
      readonly through: readonly Field[];
    }
  | {
      readonly kind: 'method';
      readonly name: string;
      readonly type: FunctionType;
      /** `net/http.Client` for a method of that type or interface; undefined for an unnamed interface. */
      readonly owner: string | undefined;
      readonly entity: Entity | undefined;
      readonly through: readonly Field[];
    };

/**
 * The field or method that `x.name` selects for an x of the type; undefined if there is none, if it is ambiguous,
 * or if something that could hold it is not visible.
 */
export function memberOf(type: Type, name: string, world: World): Member | undefined {
  const seen = new Set<string>();
  let level: readonly Step[] = [{ type, through: [] }];
  for (let depth = 0; depth < 8 && level.length > 0; depth++) {
    const found: Member[] = [];
    const next: Step[] = [];
    let blind = false;
    for (const { type: t, through } of level) {
      const own = deref(t);
      // A type parameter has the methods of its constraint.
      const base = own.kind === 'parameter' ? (own.constraint?.() ?? own) : own;
      if (base.kind === 'named') {
        const key = `${base.pkg}.${base.name}`;
        if (seen.has(key)) continue;
        seen.add(key);
        const method = base.local ? undefined : declaredMethod(base, name, world);
        if (method) {
          found.push({ ...method, through });
          continue;
        }
      }
      const under = underlying(base, world);
      if (under.kind === 'struct') {
        const field = under.fields.find((f) => f.name === name);
        const owner = base.kind === 'named' && !base.local ? `${base.pkg}.${base.name}` : undefined;
        if (field) found.push({ kind: 'field', name, type: field.type, owner, through });
        else
          next.push(
            ...under.fields.flatMap((f) => (f.embedded ? [{ type: f.type, through: [...through, f] }] : [])),
          );
      } else if (under.kind === 'interface') {
        const method = under.methods.find((m) => m.name === name);
        const owner = base.kind === 'named' ? `${base.pkg}${base.pkg && '.'}${base.name}` : undefined;
        if (method)
          found.push({ kind: 'method', name, type: method.type, owner, entity: undefined, through });
        else next.push(...under.embeds.map((embed) => ({ type: embed, through })));
      } else if (under.kind === 'unknown' || under.kind === 'parameter') blind = true;
    }
    if (found.length > 0) return found.length === 1 && !blind ? found[0] : undefined;
    if (blind) return undefined;
    level = next;
  }
  return undefined;
}

/** A type to look into, and the embedded fields that lead there. */
interface Step {
  readonly type: Type;
  readonly through: readonly Field[];
}

function declaredMethod(
  type: Type & { kind: 'named' },
  name: string,
  world: World,
): (Member & { kind: 'method' }) | undefined {
  const entity = world.packageAt(type.pkg)?.method(type.name, name);
  if (!entity) return undefined;
  const memo = world.memo(type.pkg);
  const key = `${type.name}.${name}`;
  const known = memo.get(key);
  const signature = known?.kind === 'func' ? known : signatureOf(entity.node, placeOf(entity, world));
  memo.set(key, signature);
  const applied = substitute(signature, typeParameterNames(entity.node), type.args) as FunctionType;
  return { kind: 'method', name, type: applied, owner: `${type.pkg}.${type.name}`, entity, through: [] };
}
