// How a function that starts goroutines in a loop waits for them.

import type { Code } from '../model/code.ts';
import { contains, enclosingFunction, type Node } from '../syntax/node.ts';
import { roleOf } from '../syntax/roles.ts';
import { ownGroup } from './group-limit.ts';
import type { Loop, Spawn } from './spawning-loop.ts';
import { type Group, groupCalls, groupOf, isSameGroup } from './wait-group.ts';

/** A wait for all goroutines of a loop. */
export interface Join {
  /** `wait`: the function itself waits after the loop; `deferred`: when it returns; `beside`: a goroutine of its own does. */
  readonly kind: 'wait' | 'deferred' | 'beside';
  /** The call of `Wait`. */
  readonly call: Node;
}

/** The WaitGroup that counts the goroutines of a spawn: the one that they take themselves off. */
export function countingGroup(code: Code, spawn: Spawn): Group | undefined {
  if (spawn.by === 'sync.WaitGroup') return groupOf(code, spawn.at);
  const [only] = spawn.runs;
  if (spawn.by !== 'go' || spawn.runs.length !== 1 || !only || only.code !== code) return undefined;
  const groups = groupCalls(code, only.node, 'Done').map(({ group }) => group);
  const [group] = groups;
  const isOutside = group?.root.declaredAt === undefined || !contains(only.node, group.root.declaredAt);
  return group && isOutside && groups.every((other) => isSameGroup(other, group)) ? group : undefined;
}

/** The wait for the goroutines of a loop, in the function that has the loop; undefined if there is none. */
export function joinOf(code: Code, spawn: Spawn, loop: Loop): Join | undefined {
  const fn = enclosingFunction(loop.at);
  if (!fn) return undefined;
  const waits = waitsFor(code, spawn).filter((call) => contains(fn, call) && !contains(loop.at, call));
  for (const call of waits) {
    const isOwn = enclosingFunction(call) === fn;
    if (isOwn && call.parent?.kind === 'defer_statement') return { kind: 'deferred', call };
    if (call.start < loop.at.end) continue;
    if (isOwn) return { kind: 'wait', call };
    const around = enclosingFunction(call);
    if (around && roleOf(around) === 'spawned' && enclosingFunction(around) === fn)
      return { kind: 'beside', call };
  }
  return undefined;
}

function waitsFor(code: Code, spawn: Spawn): readonly Node[] {
  if (spawn.by === 'errgroup.Group') {
    const group = ownGroup(code, spawn.at);
    return code.calls.filter(
      (call) =>
        code.calleeName(call) === 'golang.org/x/sync/errgroup.Group.Wait' &&
        group !== undefined &&
        ownGroup(code, call) === group,
    );
  }
  const group = countingGroup(code, spawn);
  if (!group) return [];
  return groupCalls(code, code.root, 'Wait').flatMap((wait) =>
    isSameGroup(wait.group, group) ? wait.call : [],
  );
}
